// Mailbox = Local-part "@" ( Domain / address-literal ), RFC 5321 4.1.2.
#include "ph/address/addr_spec.hpp"

#include "ph/address/domain.hpp"
#include "ph/charset/convert.hpp"
#include "ph/text/ascii.hpp"

namespace ph::address {
namespace {

bool isAtext(char c) {
  return text::isAlpha(c) || text::isDigit(c) || text::isUtf8Byte(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos);
}

bool isDotString(std::string_view s) {
  bool atom = false;
  for (const char c : s) {
    if (c == '.' ? !atom : !isAtext(c)) return false;
    atom = c != '.';
  }
  return atom;
}

Error bad(const char* text) {
  return {Kind::Invalid, text};
}

}  // namespace

Result<std::string> parseLocalpart(std::string_view text, size_t* used) {
  std::string out;
  size_t pos = 0;
  if (!text.empty() && text.front() == '"') {
    for (pos = 1; pos < text.size() && text[pos] != '"'; ++pos) {
      if (text[pos] == '\\' && ++pos >= text.size()) break;
      const auto c = static_cast<unsigned char>(text[pos]);
      if (c < ' ' || c == 0x7f) return bad("control character in local-part");
      out += text[pos];
    }
    if (pos >= text.size()) return bad("quoted local-part is not closed");
    ++pos;
  } else {
    while (pos < text.size() && (isAtext(text[pos]) || text[pos] == '.')) ++pos;
    out = text.substr(0, pos);
    if (!isDotString(out)) return bad("bad local-part");
  }
  if (out.empty() || out.size() > kMaxLocalpart) return bad("local-part is empty or too long");
  if (!charset::isValidUtf8(out)) return bad("local-part is not UTF-8");
  if (used) *used = pos;
  return out;
}

Result<AddrSpec> parseAddrSpec(std::string_view text) {
  size_t used = 0;
  auto local = parseLocalpart(text, &used);
  if (!local) return local.error();
  if (used >= text.size() || text[used] != '@') return bad("no @ after the local-part");
  const std::string_view domain = text.substr(used + 1);
  if (isAddressLiteral(domain)) {
    const auto literal = parseAddressLiteral(domain);
    if (!literal) return literal.error();
    return AddrSpec{std::move(*local), formatAddressLiteral(*literal)};
  }
  auto name = normaliseDomain(domain);
  if (!name) return name.error();
  return AddrSpec{std::move(*local), std::move(*name)};
}

std::string formatLocalpart(std::string_view localpart) {
  if (isDotString(localpart)) return std::string(localpart);
  std::string out = "\"";
  for (const char c : localpart) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string formatAddrSpec(std::string_view localpart, std::string_view domain) {
  std::string out = formatLocalpart(localpart);
  if (!domain.empty()) out.append("@").append(domain);
  return out;
}

std::string formatAddrSpec(const AddrSpec& address, bool unicode) {
  const bool convert = unicode && !isAddressLiteral(address.domain);
  return formatAddrSpec(address.localpart, convert ? unicodeDomain(address.domain) : address.domain);
}

bool needsSmtpUtf8(const AddrSpec& address) {
  return !text::isAscii(address.localpart);
}

}  // namespace ph::address
