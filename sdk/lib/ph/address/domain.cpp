// Domain conversion through ICU's UTS #46, non-transitional, with the bidi and joiner rules. Names in plain ASCII go
// past it: DNS has names that IDNA would refuse, as "r3---x.example".
#include "ph/address/domain.hpp"

#include <arpa/inet.h>
#include <unicode/uidna.h>

#include <optional>

#include "ph/charset/convert.hpp"
#include "ph/text/ascii.hpp"

namespace ph::address {
namespace {

const UIDNA* idna() {
  static const UIDNA* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    return uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
        &error);
  }();
  return instance;
}

using Conversion = int32_t (*)(const UIDNA*, const char*, int32_t, char*, int32_t, UIDNAInfo*, UErrorCode*);

// Nothing: the name breaks a rule, or ICU has no data.
std::optional<std::string> convert(Conversion conversion, std::string_view name) {
  if (!idna()) return std::nullopt;
  std::string out(name.size() * 4 + 256, '\0');
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t n = conversion(idna(), name.data(), static_cast<int32_t>(name.size()), out.data(),
                               static_cast<int32_t>(out.size()), &info, &error);
  if (U_FAILURE(error) || info.errors != 0 || n > static_cast<int32_t>(out.size())) return std::nullopt;
  out.resize(static_cast<size_t>(n));
  return out;
}

// LDH labels of 1-63 bytes, 253 in all (RFC 1123 2.1, RFC 1035 2.3.4).
bool isLdhName(std::string_view name, bool underscores) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
      if (!text::isAlpha(c) && !text::isDigit(c) && c != '-' && !(underscores && c == '_')) return false;
    }
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// ASCII bytes of the input must be LDH before anything is mapped.
bool isAcceptable(std::string_view name, bool underscores) {
  for (const char c : name) {
    if (!text::isUtf8Byte(c) && !text::isAlpha(c) && !text::isDigit(c) && c != '-' && c != '.' &&
        !(underscores && c == '_')) {
      return false;
    }
  }
  return !name.empty() && name.size() <= 1000 && charset::isValidUtf8(name);
}

bool hasALabel(std::string_view lowered) {
  return lowered.substr(0, 4) == "xn--" || lowered.find(".xn--") != std::string_view::npos;
}

Result<std::string> normalise(std::string_view name, bool underscores) {
  const Error bad{Kind::Invalid, "not a domain name"};
  if (!isAcceptable(name, underscores)) return bad;
  std::string out = text::toLower(name);
  if (!text::isAscii(out) || hasALabel(out)) {
    const auto ascii = convert(&uidna_nameToASCII_UTF8, out);
    if (!ascii) return bad;
    out = text::toLower(*ascii);
  }
  if (!isLdhName(out, underscores)) return bad;
  return out;
}

}  // namespace

Result<std::string> normaliseDomain(std::string_view domain) {
  return normalise(domain, false);
}
Result<std::string> normaliseDnsName(std::string_view name) {
  return normalise(name, true);
}

std::string unicodeDomain(std::string_view domain) {
  const auto ascii = normalise(domain, true);
  if (!ascii) return text::toLower(domain);
  const auto unicode = convert(&uidna_nameToUnicodeUTF8, *ascii);
  if (!unicode) return *ascii;
  // Labels made to look like encoded ones decode to something that is no name, or another one.
  const auto back = normalise(*unicode, true);
  return back && *back == *ascii ? *unicode : *ascii;
}

bool isAddressLiteral(std::string_view domain) {
  return domain.size() >= 2 && domain.front() == '[' && domain.back() == ']';
}

Result<AddressLiteral> parseAddressLiteral(std::string_view text) {
  const Error bad{Kind::Invalid, "not an address literal"};
  if (!isAddressLiteral(text) || text.size() > 60) return bad;
  text = text.substr(1, text.size() - 2);
  AddressLiteral out;
  out.ipv6 = text::startsWithNoCase(text, "IPv6:");
  if (out.ipv6) text.remove_prefix(5);
  if (text.find('\0') != std::string_view::npos) return bad;
  if (inet_pton(out.ipv6 ? AF_INET6 : AF_INET, std::string(text).c_str(), out.bytes.data()) != 1) return bad;
  return out;
}

std::string formatAddressLiteral(const AddressLiteral& literal) {
  char buffer[INET6_ADDRSTRLEN] = {};
  inet_ntop(literal.ipv6 ? AF_INET6 : AF_INET, literal.bytes.data(), buffer, sizeof buffer);
  return (literal.ipv6 ? "[IPv6:" : "[") + std::string(buffer) + ']';
}

}  // namespace ph::address
