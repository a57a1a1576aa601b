// One pass over the lines of a message with a stack of open parts. A delimiter line closes every part above the
// multipart that owns the boundary; boundaries are looked up by hash, so depth does not multiply the work.
#include "ph/mime/parse.hpp"

#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "ph/header/block.hpp"
#include "ph/mime/part_header.hpp"
#include "ph/text/ascii.hpp"

namespace ph::mime {
namespace {

constexpr size_t kMaxBoundary = 1000;  // RFC 2046 allows 70
constexpr size_t kNone = SIZE_MAX;

class Parser {
 public:
  explicit Parser(std::string_view message) : message_(message) {}

  Tree run() {
    openPart(kNoPart, 0);
    Delimiter d;
    while (!full_ && nextDelimiter(d)) {
      closeAbove(d.level, d.lineStart);
      if (d.final) {
        dropBoundary(d.level);
      } else {
        openPart(open_[d.level].part, d.nextLine);
      }
    }
    skipToEnd();
    for (const Open& open : open_) {
      if (open.hasBoundary && !full_) problem(tree_.parts[open.part].bodyStart, "multipart without closing boundary");
    }
    size_t end = message_.size();
    while (!open_.empty()) closeTop(end, newlines_);
    return std::move(tree_);
  }

 private:
  struct Open {
    PartIndex part = 0;
    PartIndex lastChild = kNoPart;
    size_t newlinesAtBody = 0;
    bool hasBoundary = false;
    std::string boundary;
    size_t shadowed = kNone;  // level that had the same boundary before
  };
  struct Delimiter {
    size_t lineStart = 0;
    size_t nextLine = 0;
    size_t level = 0;  // index into open_
    bool final = false;
  };

  void problem(size_t offset, const char* text) {
    if (tree_.problems.size() < kMaxProblems) tree_.problems.push_back({offset, text});
  }

  size_t lineEnd(size_t pos) const {
    const void* lf = std::memchr(message_.data() + pos, '\n', message_.size() - pos);
    return lf ? static_cast<size_t>(static_cast<const char*>(lf) - message_.data()) + 1 : message_.size();
  }

  // Level of the boundary the line names, or kNone. RFC 2046 5.1.1: "--" boundary ["--"] *LWSP.
  size_t matchDelimiter(size_t start, size_t end, bool* final) const {
    if (levels_.empty() || end - start < 3 || message_[start] != '-' || message_[start + 1] != '-') return kNone;
    std::string_view line = message_.substr(start + 2, end - start - 2);
    while (!line.empty() && text::isSpace(line.back())) line.remove_suffix(1);
    if (line.size() > kMaxBoundary + 2) return kNone;
    *final = false;
    if (const auto it = levels_.find(line); it != levels_.end()) return it->second;
    if (line.size() < 2 || line.substr(line.size() - 2) != "--") return kNone;
    *final = true;
    const auto it = levels_.find(line.substr(0, line.size() - 2));
    return it == levels_.end() ? kNone : it->second;
  }

  // Advances pos_ over body lines to the next delimiter; leaves pos_ at its start.
  bool nextDelimiter(Delimiter& d) {
    if (levels_.empty()) return false;
    while (pos_ < message_.size()) {
      const size_t next = lineEnd(pos_);
      const size_t level = matchDelimiter(pos_, next, &d.final);
      if (level != kNone) {
        d.lineStart = pos_;
        d.nextLine = next;
        d.level = level;
        return true;
      }
      if (message_[next - 1] == '\n') ++newlines_;
      pos_ = next;
    }
    return false;
  }

  void skipToEnd() {
    while (pos_ < message_.size()) {
      const size_t next = lineEnd(pos_);
      if (message_[next - 1] == '\n') ++newlines_;
      pos_ = next;
    }
  }

  // Closes all parts above level; they end before the line break that precedes the delimiter at lineStart.
  void closeAbove(size_t level, size_t lineStart) {
    size_t end = lineStart;
    size_t newlines = newlines_;
    if (end > 0 && message_[end - 1] == '\n') {
      --end;
      --newlines;
      if (end > 0 && message_[end - 1] == '\r') --end;
    }
    while (open_.size() > level + 1) {
      if (open_.back().hasBoundary) problem(lineStart, "multipart without closing boundary");
      closeTop(end, newlines);
    }
    const size_t next = lineEnd(pos_);
    if (message_[next - 1] == '\n') ++newlines_;
    pos_ = next;
  }

  // Raises end to the part's own start where needed, so that the parents closed next still hold the part.
  void closeTop(size_t& end, size_t& newlines) {
    Open& top = open_.back();
    Part& part = tree_.parts[top.part];
    if (end < part.bodyStart) {  // the break before the delimiter is the header's own
      end = part.bodyStart;
      newlines = top.newlinesAtBody;
    }
    part.bodyEnd = end;
    part.lines = newlines - top.newlinesAtBody;
    if (end > part.bodyStart && message_[end - 1] != '\n') ++part.lines;
    if (part.type == "multipart" && !part.opaque && part.childCount == 0) {
      problem(part.headerStart, "multipart without parts");
    }
    if (top.hasBoundary) dropBoundary(open_.size() - 1);
    open_.pop_back();
  }

  void dropBoundary(size_t level) {
    Open& open = open_[level];
    if (!open.hasBoundary) return;
    levels_.erase(open.boundary);
    if (open.shadowed != kNone) levels_.emplace(open_[open.shadowed].boundary, open.shadowed);
    open.hasBoundary = false;
  }

  void pushBoundary(std::string boundary) {
    Open& open = open_.back();
    const size_t level = open_.size() - 1;
    open.boundary = std::move(boundary);
    open.hasBoundary = true;
    if (const auto it = levels_.find(open.boundary); it != levels_.end()) {
      open.shadowed = it->second;
      levels_.erase(it);
    }
    levels_.emplace(open.boundary, level);
  }

  // Moves pos_ over the header that starts there and returns its text without the empty line. A delimiter line of an
  // enclosing multipart ends it too.
  std::string_view scanHeader(bool nested) {
    const size_t start = pos_;
    bool first = true;
    while (pos_ < message_.size()) {
      const size_t next = lineEnd(pos_);
      const std::string_view line = message_.substr(pos_, next - pos_);
      bool final = false;
      if (line == "\n" || line == "\r\n") {
        const std::string_view header = message_.substr(start, pos_ - start);
        ++newlines_;
        pos_ = next;
        return header;
      }
      if (matchDelimiter(pos_, next, &final) != kNone) {
        problem(pos_, "header without empty line");
        break;
      }
      if (nested && first && line.find(':') == std::string_view::npos) {
        problem(pos_, "part without header");
        break;
      }
      if (next - start > header::kMaxBlock) {
        problem(pos_, "header too long, cut");
        break;
      }
      first = false;
      if (line.back() == '\n') ++newlines_;
      pos_ = next;
    }
    return message_.substr(start, pos_ - start);
  }

  PartIndex addPart(PartIndex parent) {
    const auto index = static_cast<PartIndex>(tree_.parts.size());
    tree_.parts.emplace_back();
    tree_.parts.back().parent = parent;
    if (parent != kNoPart) {
      Open& above = open_.back();  // the parent is what is open on top
      (above.lastChild == kNoPart ? tree_.parts[parent].firstChild : tree_.parts[above.lastChild].nextSibling) = index;
      above.lastChild = index;
      ++tree_.parts[parent].childCount;
    }
    return index;
  }

  // Opens the part whose header starts at pos, and the messages it directly contains.
  void openPart(PartIndex parent, size_t pos) {
    pos_ = pos;
    for (;;) {
      const PartIndex index = addPart(parent);
      Part& part = tree_.parts[index];
      part.headerStart = pos_;
      const bool digest =
          parent != kNoPart && tree_.parts[parent].type == "multipart" && tree_.parts[parent].subtype == "digest";
      if (digest) {  // RFC 2046 5.1.5
        part.type = "message";
        part.subtype = "rfc822";
      }
      const std::string_view headerText = scanHeader(parent != kNoPart && tree_.parts[parent].type == "multipart");
      const size_t junk = readPartHeader(headerText, part);
      if (junk > 0) problem(part.headerStart, "lines in the header that are no fields");
      part.bodyStart = pos_;
      open_.push_back({index, kNoPart, newlines_, false, {}, kNone});
      if (tree_.parts.size() >= kMaxParts) {
        problem(part.headerStart, "too many parts, the rest is kept as one");
        full_ = true;
        part.opaque = part.type == "multipart" || part.type == "message";
        return;
      }
      if (part.encoding == Encoding::Unknown) problem(part.headerStart, "unknown transfer encoding");
      if (part.type == "multipart") {
        openMultipart(part);
        return;
      }
      if (part.type != "message" || (part.subtype != "rfc822" && part.subtype != "global")) return;
      if (part.encoding == Encoding::Base64 || part.encoding == Encoding::QuotedPrintable ||
          part.encoding == Encoding::Unknown) {  // RFC 2046 5.2.1 forbids it; its bytes are not those of a message
        problem(part.headerStart, "encoded message is not entered");
        part.opaque = true;
        return;
      }
      if (open_.size() >= kMaxDepth) {
        problem(part.headerStart, "nested too deep, kept as one part");
        part.opaque = true;
        return;
      }
      parent = index;
    }
  }

  void openMultipart(Part& part) {
    auto boundary = part.parameters.get("boundary").value_or("");
    while (!boundary.empty() && text::isSpace(boundary.back())) boundary.pop_back();
    if (boundary.empty() || boundary.size() > kMaxBoundary) {
      problem(part.headerStart, "multipart without usable boundary");
      part.opaque = true;
    } else if (open_.size() >= kMaxDepth) {
      problem(part.headerStart, "nested too deep, kept as one part");
      part.opaque = true;
    } else {
      if (boundary.size() > 70) problem(part.headerStart, "boundary too long");
      pushBoundary(std::move(boundary));
    }
  }

  std::string_view message_;
  Tree tree_;
  std::vector<Open> open_;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, size_t, Hash, std::equal_to<>> levels_;  // boundary -> index into open_
  size_t pos_ = 0;
  size_t newlines_ = 0;  // before pos_
  bool full_ = false;
};

}  // namespace

Tree parse(std::string_view message) {
  return Parser(message).run();
}

}  // namespace ph::mime
