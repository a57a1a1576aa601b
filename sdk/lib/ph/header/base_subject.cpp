#include "ph/header/base_subject.hpp"

#include "ph/charset/words.hpp"
#include "ph/header/block.hpp"
#include "ph/text/ascii.hpp"

namespace ph::header {
namespace {

// Step (1): words decoded, white space as single blanks, none at the ends.
std::string normalise(std::string_view value) {
  std::string out;
  for (const char c : charset::decodeWords(unfold(value))) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

class Extractor {
 public:
  explicit Extractor(std::string_view rest) : rest_(rest) {}

  BaseSubject run() {
    do {
      removeTrailers();  // (2)
      removePrefixes();  // (3) to (5)
    } while (unwrapForward());
    return {std::string(rest_), found_};
  }

 private:
  static void skipBlanks(std::string_view* text) {
    while (!text->empty() && text->front() == ' ') text->remove_prefix(1);
  }

  // subj-trailer
  void removeTrailers() {
    constexpr std::string_view kForwarded = "(fwd)";
    for (;;) {
      if (!rest_.empty() && rest_.back() == ' ') {
        rest_.remove_suffix(1);
      } else if (rest_.size() >= kForwarded.size() &&
                 text::equalsNoCase(rest_.substr(rest_.size() - kForwarded.size()), kForwarded)) {
        rest_.remove_suffix(kForwarded.size());
        found_ = true;
      } else {
        return;
      }
    }
  }

  // subj-blob with the blanks behind it.
  static bool takeBlob(std::string_view* text) {
    if (text->empty() || text->front() != '[') return false;
    const auto end = text->find_first_of("[]", 1);
    if (end == std::string_view::npos || (*text)[end] != ']') return false;
    text->remove_prefix(end + 1);
    skipBlanks(text);
    return true;
  }

  // subj-refwd
  static bool takeReply(std::string_view* text) {
    auto rest = *text;
    if (text::startsWithNoCase(rest, "fwd")) {
      rest.remove_prefix(3);
    } else if (text::startsWithNoCase(rest, "fw") || text::startsWithNoCase(rest, "re")) {
      rest.remove_prefix(2);
    } else {
      return false;
    }
    skipBlanks(&rest);
    takeBlob(&rest);
    if (rest.empty() || rest.front() != ':') return false;
    rest.remove_prefix(1);
    *text = rest;
    return true;
  }

  // subj-leaders, then blobs as long as something is left. All blobs in a row are looked at once: a "Re:" behind them
  // takes them along; otherwise they go one by one, which ends at the same place.
  void removePrefixes() {
    for (;;) {
      skipBlanks(&rest_);
      auto after = rest_;
      auto last = rest_;
      for (auto next = after; takeBlob(&next); after = next) last = after;
      if (takeReply(&after)) {
        rest_ = after;
        found_ = true;
        continue;
      }
      rest_ = after.empty() ? last : after;
      return;
    }
  }

  // subj-fwd, step (6)
  bool unwrapForward() {
    constexpr std::string_view kHead = "[fwd:";
    if (!text::startsWithNoCase(rest_, kHead) || rest_.back() != ']') return false;
    rest_.remove_prefix(kHead.size());
    rest_.remove_suffix(1);
    found_ = true;
    return true;
  }

  std::string_view rest_;
  bool found_ = false;
};

}  // namespace

BaseSubject baseSubject(std::string_view value) {
  const auto text = normalise(value);
  return Extractor(text).run();
}

}  // namespace ph::header
