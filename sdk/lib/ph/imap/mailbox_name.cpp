// Canonical mailbox names and LIST matching.
#include "ph/imap/mailbox_name.hpp"

#include "ph/text/ascii.hpp"
#include "ph/text/nfc.hpp"
#include "ph/text/utf8.hpp"

namespace ph::imap {

namespace {

Error invalid(const char* why) {
  return {Kind::Invalid, why};
}

bool firstLevelIsInbox(std::string_view name) {
  return text::startsWithNoCase(name, kInbox) &&
         (name.size() == kInbox.size() || name[kInbox.size()] == kHierarchyDelimiter);
}

Status checkLevel(std::string_view level) {
  if (level.empty()) return invalid("mailbox name has an empty level");
  if (level == "." || level == "..") return invalid("mailbox name has a level of dots");
  return {};
}

}  // namespace

bool isOtherUsers(std::string_view name) {
  return name.substr(0, kOtherUsers.size()) == kOtherUsers &&
         (name.size() == kOtherUsers.size() || name[kOtherUsers.size()] == kHierarchyDelimiter);
}

Result<std::string> canonicalMailboxName(std::string_view name) {
  if (name.empty()) return invalid("mailbox name is empty");
  if (name.size() > kMaxMailboxName) return invalid("mailbox name is too long");
  if (name.front() == '#') return invalid("mailbox name starts with #");
  std::size_t pos = 0;
  char32_t c = 0;
  while (pos < name.size()) {
    if (!text::nextCodePoint(name, pos, c)) return invalid("mailbox name is not UTF-8");
    const bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
    if (control) return invalid("mailbox name has a control character");
  }
  auto out = text::nfc(name);
  if (!out) return out;
  if (out->size() > kMaxMailboxName) return invalid("mailbox name is too long");
  std::string_view rest = *out;
  while (true) {
    const std::size_t slash = rest.find(kHierarchyDelimiter);
    if (auto ok = checkLevel(rest.substr(0, slash)); !ok) return ok.error();
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (firstLevelIsInbox(*out)) out->replace(0, kInbox.size(), kInbox);
  return out;
}

std::string_view parentMailbox(std::string_view name) {
  const std::size_t slash = name.rfind(kHierarchyDelimiter);
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

ListPattern::ListPattern(std::string_view pattern) {
  std::string normal = text::isUtf8(pattern) ? text::nfc(pattern).valueOr(std::string(pattern)) : std::string(pattern);
  for (const char c : normal) {
    const bool wild = c == '*' || c == '%';
    const bool afterWild = !pattern_.empty() && (pattern_.back() == '*' || pattern_.back() == '%');
    if (wild && afterWild) {
      if (c == '*') pattern_.back() = '*';
    } else {
      pattern_ += c;
    }
  }
}

bool ListPattern::matches(std::string_view name) const {
  // reached[i]: the pattern up to i matches the name read so far.
  const std::size_t n = pattern_.size();
  std::vector<char> reached(n + 1, 0);
  const auto isWild = [&](std::size_t i) { return pattern_[i] == '*' || pattern_[i] == '%'; };
  reached[0] = 1;
  if (n > 0 && isWild(0)) reached[1] = 1;
  const std::size_t anyCase = firstLevelIsInbox(name) ? kInbox.size() : 0;
  for (std::size_t k = 0; k < name.size(); ++k) {
    const char c = name[k];
    bool alive = false;
    for (std::size_t i = n + 1; i-- > 0;) {
      // From above: the state before this octet of all lower positions is still in place.
      bool now = false;
      if (i < n && isWild(i) && reached[i] && (pattern_[i] == '*' || c != kHierarchyDelimiter)) now = true;
      if (i > 0 && reached[i - 1] && !isWild(i - 1)) {
        const char p = pattern_[i - 1];
        if (p == c || (k < anyCase && text::lower(p) == text::lower(c))) now = true;
      }
      reached[i] = now;
      alive = alive || now;
    }
    if (!alive) return false;
    // A wildcard also stands for nothing: pass it.
    for (std::size_t i = 0; i < n; ++i) {
      if (reached[i] && isWild(i)) reached[i + 1] = 1;
    }
  }
  return reached[n] != 0;
}

}  // namespace ph::imap
