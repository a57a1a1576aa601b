// reverse-path and forward-path.
#include "ph/smtp/path.hpp"

#include "ph/address/addr_spec.hpp"
#include "ph/smtp/domain.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::smtp {

namespace {

Error invalid(std::string why) {
  return {Kind::Invalid, std::move(why)};
}

// RFC 5322 3.2.3 atext, with UTF-8 by RFC 6531 3.3.
bool isAtext(char c) {
  if (text::isAlpha(c) || text::isDigit(c) || text::isUtf8Byte(c)) return true;
  return c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool isDotString(std::string_view s) {
  if (s.empty() || s.front() == '.' || s.back() == '.' || s.find("..") != std::string_view::npos) return false;
  for (const char c : s) {
    if (c != '.' && !isAtext(c)) return false;
  }
  return true;
}

// Local-part = Dot-string / Quoted-string; moves `input` past it.
Result<std::string> takeLocalPart(std::string_view& input) {
  if (input.empty() || input.front() != '"') {
    std::size_t n = 0;
    while (n < input.size() && (isAtext(input[n]) || input[n] == '.')) ++n;
    const std::string_view local = input.substr(0, n);
    if (local.empty()) return invalid("local part missing");
    if (!isDotString(local)) return invalid("misplaced dot in local part");
    input.remove_prefix(n);
    return std::string(local);
  }
  std::string local;
  for (std::size_t i = 1; i < input.size(); ++i) {
    char c = input[i];
    if (c == '"') {
      if (local.empty()) return invalid("local part is empty");
      input.remove_prefix(i + 1);
      return local;
    }
    if (c == '\\') {
      if (++i == input.size()) break;
      c = input[i];
      if (text::isUtf8Byte(c)) return invalid("backslash before a character that is not ASCII");
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return invalid("control character in local part");
    local += c;
  }
  return invalid("quoted local part does not end");
}

Result<std::string> takeDomain(std::string_view& input) {
  if (!input.empty() && input.front() == '[') {
    const std::size_t close = input.find(']');
    if (close == std::string_view::npos) return invalid("address literal does not end");
    const std::string_view literal = input.substr(0, close + 1);
    if (auto ok = checkAddressLiteral(literal); !ok) return ok.error();
    input.remove_prefix(close + 1);
    return std::string(literal);
  }
  std::size_t n = 0;
  while (n < input.size() && std::string_view(" \t<>,:;@[]()\\\"").find(input[n]) == std::string_view::npos) ++n;
  const std::string_view domain = input.substr(0, n);
  if (domain.empty()) return invalid("domain missing");
  if (domain.size() > kMaxDomain) return invalid("domain too long");
  if (!isDomain(domain)) return invalid("invalid domain");
  input.remove_prefix(n);
  return std::string(domain);
}

Result<Path> takeMailbox(std::string_view& input) {
  Path out;
  auto local = takeLocalPart(input);
  if (!local) return local.error();
  if (local->size() > address::kMaxLocalpart) return invalid("local part too long");
  if (!text::isUtf8(*local)) return invalid("local part is not UTF-8");
  out.localPart = std::move(*local);
  if (input.empty() || input.front() != '@') return invalid("address without domain");
  input.remove_prefix(1);
  auto domain = takeDomain(input);
  if (!domain) return domain.error();
  out.domain = std::move(*domain);
  return out;
}

// A-d-l = "@" Domain *( "," "@" Domain ) ":"; MUST be accepted, SHOULD be ignored (RFC 5321 appendix C).
Status skipSourceRoute(std::string_view& input) {
  while (true) {
    if (input.empty() || input.front() != '@') return invalid("invalid source route");
    input.remove_prefix(1);
    if (auto domain = takeDomain(input); !domain) return domain.error();
    if (!input.empty() && input.front() == ':') {
      input.remove_prefix(1);
      return {};
    }
    if (input.empty() || input.front() != ',') return invalid("invalid source route");
    input.remove_prefix(1);
  }
}

Result<Path> takePath(std::string_view& input, bool reverse) {
  std::string_view rest = input;
  if (rest.empty() || rest.front() != '<') return invalid("address must be in angle brackets");
  rest.remove_prefix(1);
  Path out;
  if (!rest.empty() && rest.front() == '>') {
    if (!reverse) return invalid("recipient address is empty");
  } else if (constexpr std::string_view kPostmaster = "Postmaster>";
             !reverse && text::startsWithNoCase(rest, kPostmaster)) {
    out.localPart = rest.substr(0, kPostmaster.size() - 1);
    rest.remove_prefix(kPostmaster.size() - 1);
  } else {
    if (!rest.empty() && rest.front() == '@') {
      if (auto ok = skipSourceRoute(rest); !ok) return ok.error();
    }
    auto mailbox = takeMailbox(rest);
    if (!mailbox) return mailbox;
    out = std::move(*mailbox);
  }
  if (rest.empty() || rest.front() != '>') return invalid("address does not end with an angle bracket");
  rest.remove_prefix(1);
  if (input.size() - rest.size() > kMaxPath) return invalid("address too long");
  input = rest;
  return out;
}

}  // namespace

bool Path::needsUtf8() const {
  return !text::isAscii(localPart) || !text::isAscii(domain);
}

Result<Path> parseReversePath(std::string_view& input) {
  return takePath(input, true);
}
Result<Path> parseForwardPath(std::string_view& input) {
  return takePath(input, false);
}

Result<Path> parseMailbox(std::string_view text) {
  if (text.size() > kMaxPath) return invalid("address too long");
  auto out = takeMailbox(text);
  if (out && !text.empty()) return invalid("text after the address");
  return out;
}

std::string formatPath(const Path& path) {
  std::string out = "<";
  if (path.localPart.empty() || isDotString(path.localPart)) {
    out += path.localPart;
  } else {
    out += '"';
    for (const char c : path.localPart) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  if (!path.domain.empty()) out += '@' + path.domain;
  return out + '>';
}

}  // namespace ph::smtp
