// Domain and address-literal syntax.
#include "ph/smtp/domain.hpp"

#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::smtp {

namespace {

bool isLabel(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  for (const char c : label) {
    if (!text::isAlpha(c) && !text::isDigit(c) && c != '-' && !text::isUtf8Byte(c)) return false;
  }
  return true;
}

// RFC 5321 4.1.3: IPv4-address-literal = Snum 3("." Snum); Snum = 1*3DIGIT up to 255.
bool isIpv4(std::string_view s) {
  int count = 0;
  while (true) {
    const std::size_t dot = s.find('.');
    const std::string_view number = s.substr(0, dot);
    if (number.empty() || number.size() > 3) return false;
    int value = 0;
    for (const char c : number) {
      if (!text::isDigit(c)) return false;
      value = value * 10 + (c - '0');
    }
    if (value > 255) return false;
    ++count;
    if (dot == std::string_view::npos) return count == 4;
    s.remove_prefix(dot + 1);
  }
}

// Groups between single colons; an IPv4 tail counts as two. -1: not such a list.
int countGroups(std::string_view s, bool mayEndInIpv4) {
  if (s.empty()) return 0;
  int groups = 0;
  while (true) {
    const std::size_t colon = s.find(':');
    const std::string_view group = s.substr(0, colon);
    if (colon == std::string_view::npos && mayEndInIpv4 && isIpv4(group)) return groups + 2;
    if (group.empty() || group.size() > 4) return -1;
    for (const char c : group) {
      if (text::hexValue(c) < 0) return -1;
    }
    ++groups;
    if (colon == std::string_view::npos) return groups;
    s.remove_prefix(colon + 1);
  }
}

bool isIpv6(std::string_view s) {
  const std::size_t gap = s.find("::");
  if (gap == std::string_view::npos) return countGroups(s, true) == 8;
  const int before = countGroups(s.substr(0, gap), false);
  const int after = countGroups(s.substr(gap + 2), true);
  // RFC 5321 4.1.3 lets "::" stand for two groups or more; RFC 5952 4.2.2 knows that writers shorten one.
  return before >= 0 && after >= 0 && before + after <= 7;
}

}  // namespace

bool isDomain(std::string_view s) {
  if (s.empty() || s.size() > kMaxDomain || !text::isUtf8(s)) return false;
  while (true) {
    const std::size_t dot = s.find('.');
    if (!isLabel(s.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    s.remove_prefix(dot + 1);
  }
}

Status checkAddressLiteral(std::string_view s) {
  const auto invalid = [](const char* why) { return Error{Kind::Invalid, why}; };
  if (s.size() < 2 || s.front() != '[' || s.back() != ']') return invalid("address literal without brackets");
  s = s.substr(1, s.size() - 2);
  constexpr std::string_view kTag = "IPv6:";
  if (text::startsWithNoCase(s, kTag)) {
    if (!isIpv6(s.substr(kTag.size()))) return invalid("invalid IPv6 address literal");
    return {};
  }
  if (!isIpv4(s)) {
    return invalid(s.find(':') != std::string_view::npos ? "unknown kind of address literal"
                                                         : "invalid IPv4 address literal");
  }
  return {};
}

}  // namespace ph::smtp
