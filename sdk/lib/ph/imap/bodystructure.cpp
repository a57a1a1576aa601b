// BODY and BODYSTRUCTURE, by recursion over the tree (depth is limited by the parser).
#include "ph/imap/bodystructure.hpp"

#include <algorithm>

#include "ph/header/block.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/imap/string.hpp"
#include "ph/text/ascii.hpp"

namespace ph::imap {
namespace {

class Renderer {
 public:
  Renderer(std::string_view message, const mime::Tree& tree, bool extensible)
      : message_(message), tree_(tree), extensible_(extensible) {}

  std::string run() {
    part(0);
    return std::move(out_);
  }

 private:
  void part(mime::PartIndex index) {
    const mime::Part& p = tree_.parts[index];
    out_ += '(';
    if (p.isMultipart()) {
      multipart(p);
    } else {
      single(p);
    }
    out_ += ')';
  }

  void multipart(const mime::Part& p) {
    // The grammar wants at least one body.
    if (p.firstChild == mime::kNoPart) {
      out_ += R"(("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 0 0)";
      if (extensible_) out_ += " NIL NIL NIL NIL";
      out_ += ')';
    }
    for (auto child = p.firstChild; child != mime::kNoPart; child = tree_.parts[child].nextSibling) part(child);
    out_ += ' ';
    appendString(out_, text::toUpper(p.subtype));
    if (!extensible_) return;
    out_ += ' ';
    parameters(p.parameters);
    extension(p);
  }

  void single(const mime::Part& p) {
    // RFC 9051 7.5.2 gives "multipart" and "message/rfc822" other fields than these parts have.
    const bool message = p.isMessage();
    const bool disguised =
        p.type == "multipart" || (p.type == "message" && !message && (p.subtype == "rfc822" || p.subtype == "global"));
    appendString(out_, disguised ? "APPLICATION" : text::toUpper(p.type));
    out_ += ' ';
    appendString(out_, disguised ? "OCTET-STREAM" : text::toUpper(p.subtype));
    out_ += ' ';
    if (p.type == "text" && p.parameters.empty()) {
      out_ += R"(("CHARSET" "us-ascii"))";  // RFC 2045 5.2, what the absent field means
    } else {
      parameters(p.parameters);
    }
    out_ += ' ';
    appendNString(out_, p.id);
    out_ += ' ';
    appendNString(out_, p.description);
    out_ += ' ';
    appendString(out_, text::toUpper(p.encoding == mime::Encoding::Unknown ? std::string_view(p.encodingName)
                                                                           : mime::encodingName(p.encoding)));
    out_ += ' ' + std::to_string(p.bodySize());
    if (message) {
      const mime::Part& inner = tree_.parts[p.firstChild];
      out_ += ' ';
      const size_t start = std::min(inner.headerStart, message_.size());
      appendEnvelope(out_, header::Block(message_.substr(start, inner.bodyStart - inner.headerStart)));
      out_ += ' ';
      part(p.firstChild);
    }
    if (message || p.type == "text") out_ += ' ' + std::to_string(p.lines);
    if (!extensible_) return;
    out_ += ' ';
    appendNString(out_, p.md5);
    extension(p);
  }

  void parameters(const mime::Parameters& list) {
    if (list.empty()) {
      out_ += "NIL";
      return;
    }
    char separator = '(';
    for (const mime::Parameter& one : list.raw()) {
      out_ += separator;
      appendString(out_, text::toUpper(one.name));
      out_ += ' ';
      appendString(out_, one.value);
      separator = ' ';
    }
    out_ += ')';
  }

  // Disposition, language, location.
  void extension(const mime::Part& p) {
    if (p.disposition.empty()) {
      out_ += " NIL";
    } else {
      out_ += " (";
      appendString(out_, text::toUpper(p.disposition));
      out_ += ' ';
      parameters(p.dispositionParameters);
      out_ += ')';
    }
    if (p.languages.empty()) {
      out_ += " NIL";
    } else {
      char separator = '(';
      out_ += ' ';
      for (const std::string& language : p.languages) {
        out_ += separator;
        appendString(out_, language);
        separator = ' ';
      }
      out_ += ')';
    }
    out_ += ' ';
    appendNString(out_, p.location);
  }

  std::string_view message_;
  const mime::Tree& tree_;
  bool extensible_;
  std::string out_;
};

}  // namespace

std::string bodyStructure(std::string_view message, const mime::Tree& tree, bool extensible) {
  return Renderer(message, tree, extensible).run();
}

}  // namespace ph::imap
