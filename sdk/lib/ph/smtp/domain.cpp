// Domain and address-literal syntax.
#include "ph/smtp/domain.hpp"

#include "ph/address/domain.hpp"
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
  auto literal = address::parseAddressLiteral(s);
  if (!literal) return literal.error();
  return {};
}

}  // namespace ph::smtp
