// MAIL and RCPT arguments.
#include "ph/smtp/parameters.hpp"

#include <charconv>

#include "ph/date/internet.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::smtp {

namespace {

Error invalid(std::string why) {
  return {Kind::Invalid, std::move(why)};
}

std::string_view skipBlanks(std::string_view s) {
  while (!s.empty() && text::isBlank(s.front())) s.remove_prefix(1);
  return s;
}

// esmtp-param = esmtp-keyword ["=" esmtp-value] (RFC 5321 4.1.2); values may be UTF-8 (RFC 6531 3.3).
Result<Parameter> parseParameter(std::string_view word) {
  Parameter out;
  const std::size_t equals = word.find('=');
  const std::string_view keyword = word.substr(0, equals);
  if (keyword.empty() || keyword.front() == '-') return invalid("invalid parameter name");
  for (const char c : keyword) {
    if (!text::isAlpha(c) && !text::isDigit(c) && c != '-') return invalid("invalid parameter name");
  }
  out.keyword = text::toUpper(keyword);
  if (equals == std::string_view::npos) return out;
  out.value = std::string(word.substr(equals + 1));
  if (out.value->empty()) return invalid("parameter " + out.keyword + " has an empty value");
  for (const char c : *out.value) {
    if (c <= ' ' && !text::isUtf8Byte(c)) return invalid("invalid value of parameter " + out.keyword);
    if (c == 0x7f) return invalid("invalid value of parameter " + out.keyword);
  }
  if (!text::isUtf8(*out.value)) return invalid("value of parameter " + out.keyword + " is not UTF-8");
  return out;
}

Result<std::vector<Parameter>> parseParameters(std::string_view s) {
  std::vector<Parameter> out;
  if (!s.empty() && !text::isBlank(s.front())) return invalid("text after the address");
  while (!(s = skipBlanks(s)).empty()) {
    const std::size_t blank = s.find_first_of(" \t");
    auto parameter = parseParameter(s.substr(0, blank));
    if (!parameter) return parameter.error();
    for (const auto& earlier : out) {
      if (earlier.keyword == parameter->keyword) return invalid("parameter " + earlier.keyword + " given twice");
    }
    if (out.size() == 32) return invalid("too many parameters");
    out.push_back(std::move(*parameter));
    if (blank == std::string_view::npos) break;
    s.remove_prefix(blank);
  }
  return out;
}

Error badValue(const Parameter& p) {
  return invalid("invalid value of parameter " + p.keyword);
}

// RFC 1870 3: size-value = 1*20DIGIT.
Result<std::uint64_t> parseSize(const Parameter& p) {
  if (!p.value || p.value->size() > 20) return badValue(p);
  std::uint64_t size = 0;
  for (const char c : *p.value) {
    if (!text::isDigit(c)) return badValue(p);
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (size > (UINT64_MAX - digit) / 10) return badValue(p);
    size = size * 10 + digit;
  }
  return size;
}

Result<std::string> parseXtext(const Parameter& p, std::size_t limit) {
  if (!p.value || p.value->size() > limit) return badValue(p);
  auto text = decodeXtext(*p.value);
  if (!text) return invalid("parameter " + p.keyword + ": " + text.error().text);
  for (const char c : *text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control || text::isUtf8Byte(c)) return badValue(p);  // RFC 3461 4.4: printable before encoding
  }
  return text;
}

// RFC 2852 4: by-value = by-time ";" by-mode [by-trace], by-time = ["-" / "+"] 1*9digit.
Result<DeliverBy> parseBy(const Parameter& p) {
  std::string_view value = p.value ? std::string_view(*p.value) : std::string_view();
  const bool negative = value.starts_with('-');
  if (negative || value.starts_with('+')) value.remove_prefix(1);
  const std::size_t digits = value.find(';');
  if (digits == std::string_view::npos || digits == 0 || digits > 9) return badValue(p);
  DeliverBy out;
  for (const char c : value.substr(0, digits)) {
    if (!text::isDigit(c)) return badValue(p);
    out.seconds = out.seconds * 10 + (c - '0');
  }
  if (negative) out.seconds = -out.seconds;
  const std::string mode = text::toUpper(value.substr(digits + 1));
  if (mode != "N" && mode != "R" && mode != "NT" && mode != "RT") return badValue(p);
  out.orReturn = mode[0] == 'R';
  out.trace = mode.size() == 2;
  if (out.orReturn && out.seconds <= 0) return badValue(p);
  return out;
}

// RFC 6710 7: priority-value = (["-"] NZDIGIT) / "0".
Result<int> parsePriority(const Parameter& p) {
  std::string_view value = p.value ? std::string_view(*p.value) : std::string_view();
  if (value == "0") return 0;
  const bool negative = value.starts_with('-');
  if (negative) value.remove_prefix(1);
  if (value.size() != 1 || value[0] < '1' || value[0] > '9') return badValue(p);
  return negative ? '0' - value[0] : value[0] - '0';
}

Status applyMail(MailCommand& out, Parameter&& p) {
  const auto is = [&](std::string_view value) { return p.value && text::equalsNoCase(*p.value, value); };
  if (p.keyword == "SIZE") {
    const auto size = parseSize(p);
    if (!size) return size.error();
    out.size = *size;
  } else if (p.keyword == "BODY") {
    if (is("7BIT")) {
      out.body = Body::SevenBit;
    } else if (is("8BITMIME")) {
      out.body = Body::EightBitMime;
    } else if (is("BINARYMIME")) {
      out.body = Body::BinaryMime;
    } else {
      return badValue(p);
    }
  } else if (p.keyword == "SMTPUTF8" || p.keyword == "REQUIRETLS") {
    if (p.value) return invalid("parameter " + p.keyword + " takes no value");
    (p.keyword == "SMTPUTF8" ? out.smtpUtf8 : out.requireTls) = true;
  } else if (p.keyword == "HOLDFOR") {
    // future-release-integer = %x31-39 *8DIGIT
    std::uint32_t seconds = 0;
    const std::string value = p.value.value_or("");
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (value.empty() || value.size() > 9 || value[0] == '0' || error != std::errc() ||
        end != value.data() + value.size()) {
      return badValue(p);
    }
    out.holdFor = seconds;
  } else if (p.keyword == "HOLDUNTIL") {
    const auto when = date::parseInternet(p.value.value_or(""));
    if (!when) return badValue(p);
    out.holdUntil = *when;
  } else if (p.keyword == "AUTH") {
    auto text = parseXtext(p, 500);
    if (!text) return text.error();
    out.auth = std::move(*text);
  } else if (p.keyword == "RET") {
    if (!is("FULL") && !is("HDRS")) return badValue(p);
    out.returnFull = is("FULL");
  } else if (p.keyword == "ENVID") {
    auto text = parseXtext(p, 100);  // RFC 3461 4.4
    if (!text) return text.error();
    out.envId = std::move(*text);
  } else if (p.keyword == "BY") {
    const auto by = parseBy(p);
    if (!by) return by.error();
    out.deliverBy = *by;
  } else if (p.keyword == "MT-PRIORITY") {
    const auto priority = parsePriority(p);
    if (!priority) return priority.error();
    out.priority = *priority;
  } else {
    out.others.push_back(std::move(p));
  }
  return {};
}

// RFC 3461 4.1: "NEVER" / 1#("SUCCESS" / "FAILURE" / "DELAY")
Result<Notify> parseNotify(const Parameter& p) {
  Notify out;
  std::string_view list = p.value ? std::string_view(*p.value) : std::string_view();
  if (text::equalsNoCase(list, "NEVER")) {
    out.never = true;
    return out;
  }
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string_view word = list.substr(0, comma);
    bool* flag = text::equalsNoCase(word, "SUCCESS")   ? &out.success
                 : text::equalsNoCase(word, "FAILURE") ? &out.failure
                 : text::equalsNoCase(word, "DELAY")   ? &out.delay
                                                       : nullptr;
    if (flag == nullptr || *flag) return badValue(p);
    *flag = true;
    if (comma == std::string_view::npos) return out;
    list.remove_prefix(comma + 1);
  }
}

// RFC 3461 4.2: original-recipient-address = addr-type ";" xtext; with utf-8-addr-xtext of RFC 6533 3 passed as is.
Result<std::string> parseOriginalRecipient(const Parameter& p) {
  if (!p.value || p.value->size() > 500) return badValue(p);
  const std::size_t semicolon = p.value->find(';');
  if (semicolon == std::string::npos || semicolon == 0) return badValue(p);
  const std::string_view type = std::string_view(*p.value).substr(0, semicolon);
  for (const char c : type) {
    if (!text::isAlpha(c) && !text::isDigit(c) && c != '-') return badValue(p);
  }
  if (text::equalsNoCase(type, "utf-8")) return *p.value;
  const auto address = parseXtext({p.keyword, p.value->substr(semicolon + 1)}, 500);
  if (!address) return address.error();
  if (address->empty()) return badValue(p);
  return std::string(type) + ';' + *address;
}

Status applyRcpt(RcptCommand& out, Parameter&& p) {
  if (p.keyword == "NOTIFY") {
    const auto notify = parseNotify(p);
    if (!notify) return notify.error();
    out.notify = *notify;
  } else if (p.keyword == "ORCPT") {
    auto recipient = parseOriginalRecipient(p);
    if (!recipient) return recipient.error();
    out.originalRecipient = std::move(*recipient);
  } else {
    out.others.push_back(std::move(p));
  }
  return {};
}

}  // namespace

Result<MailCommand> parseMail(std::string_view arguments) {
  constexpr std::string_view kFrom = "FROM:";
  std::string_view rest = skipBlanks(arguments);
  if (!text::startsWithNoCase(rest, kFrom)) return invalid("syntax is MAIL FROM:<address>");
  rest = skipBlanks(rest.substr(kFrom.size()));
  MailCommand out;
  auto path = parseReversePath(rest);
  if (!path) return path.error();
  out.reversePath = std::move(*path);
  auto parameters = parseParameters(rest);
  if (!parameters) return parameters.error();
  for (auto& p : *parameters) {
    if (auto ok = applyMail(out, std::move(p)); !ok) return ok.error();
  }
  if (out.holdFor && out.holdUntil) return invalid("HOLDFOR and HOLDUNTIL exclude each other");
  return out;
}

Result<RcptCommand> parseRcpt(std::string_view arguments) {
  constexpr std::string_view kTo = "TO:";
  std::string_view rest = skipBlanks(arguments);
  if (!text::startsWithNoCase(rest, kTo)) return invalid("syntax is RCPT TO:<address>");
  rest = skipBlanks(rest.substr(kTo.size()));
  RcptCommand out;
  auto path = parseForwardPath(rest);
  if (!path) return path.error();
  out.forwardPath = std::move(*path);
  auto parameters = parseParameters(rest);
  if (!parameters) return parameters.error();
  for (auto& p : *parameters) {
    if (auto ok = applyRcpt(out, std::move(p)); !ok) return ok.error();
  }
  return out;
}

}  // namespace ph::smtp
