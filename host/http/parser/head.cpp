#include "http/parser/head.hpp"

#include <algorithm>
#include <iterator>

#include "ph/text/ascii.hpp"

namespace posthouse::http {
namespace {

using ph::text::equalsNoCase;
using ph::text::isDigit;
using State = HeadResult::State;

constexpr size_t kMaxMethod = 32;
constexpr size_t kMaxLengthDigits = 15;

HeadResult refuse(int status, std::string_view why) {
  return {State::Refused, 0, status, why};
}

// Of these a second one changes the meaning for some readers and not for others.
constexpr std::string_view kOnce[] = {
    "host", "content-length", "transfer-encoding", "content-type", "authorization", "expect", "origin", "upgrade"};

// RFC 9112 3
HeadResult requestLine(std::string_view line, RequestHead* out) {
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return refuse(400, "not a request line");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!isToken(method) || method.size() > kMaxMethod) return refuse(400, "not a method");
  // RFC 9112 2.3: case-sensitive.
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !isDigit(version[5]) || version[6] != '.' ||
      !isDigit(version[7]))
    return refuse(400, "not a version");
  if (version[5] != '1') return refuse(505, "HTTP/1.0 and HTTP/1.1 are spoken here");
  out->minor = version[7] == '0' ? 0 : 1;
  out->method = method;
  auto parsed = parseTarget(method, target);
  if (!parsed) return refuse(400, "not a request target");
  out->target = std::move(*parsed);
  return {State::Done};
}

// RFC 9112 5
HeadResult fieldLine(std::string_view line, RequestHead* out) {
  if (line.size() > kMaxFieldLine) return refuse(431, "a field is too long");
  if (out->fields.size() == kMaxFields) return refuse(431, "too many fields");
  // RFC 9112 5.2: folded lines are refused.
  if (ph::text::isBlank(line.front())) return refuse(400, "a folded field");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a field without a colon");
  // RFC 9112 5.1: no blank before the colon. A token has none.
  if (!isToken(line.substr(0, colon))) return refuse(400, "not a field name");
  const std::string_view value = ph::text::trim(line.substr(colon + 1));
  if (!isFieldValue(value)) return refuse(400, "not a field value");
  out->fields.add(line.substr(0, colon), value);
  return {State::Done};
}

// RFC 9112 6.3
HeadResult framing(RequestHead* out) {
  const auto length = out->fields.get("content-length");
  if (const auto coding = out->fields.get("transfer-encoding")) {
    if (length) return refuse(400, "a length beside a transfer coding");
    if (out->minor == 0) return refuse(400, "a transfer coding in HTTP/1.0");
    if (!equalsNoCase(*coding, "chunked")) {
      return out->fields.hasToken("transfer-encoding", "chunked") || !isToken(*coding)
                 ? refuse(400, "not a transfer coding that can be read")
                 : refuse(501, "an unknown transfer coding");
    }
    out->chunked = true;
  } else if (length) {
    if (length->empty() || length->size() > kMaxLengthDigits || !std::all_of(length->begin(), length->end(), isDigit))
      return refuse(400, "not a content length");
    for (const char c : *length) out->length = out->length * 10 + static_cast<uint64_t>(c - '0');
  }
  return {State::Done};
}

// RFC 9112 3.2, RFC 9110 7.2
HeadResult host(RequestHead* out) {
  const auto field = out->fields.get("host");
  if (!field && out->minor > 0) return refuse(400, "no Host");
  if (field) {
    auto parsed = parseAuthority(*field);
    if (!parsed) return refuse(400, "not a host");
    out->host = std::move(*parsed);
  }
  // RFC 9112 3.2.2: what the target says counts.
  if (out->target.authority) out->host = *out->target.authority;
  return {State::Done};
}

HeadResult meaning(RequestHead* out) {
  for (const auto name : kOnce) {
    if (out->fields.count(name) > 1) return refuse(400, "a field twice that may come once");
  }
  if (auto r = host(out); r.state != State::Done) return r;
  if (auto r = framing(out); r.state != State::Done) return r;
  // RFC 9112 9.3
  out->keepAlive = out->fields.hasToken("connection", "close") ? false
                   : out->minor > 0                            ? true
                                                               : out->fields.hasToken("connection", "keep-alive");
  if (const auto expect = out->fields.get("expect")) {  // RFC 9110 10.1.1
    if (!equalsNoCase(*expect, "100-continue")) return refuse(417, "an unknown expectation");
    out->expects = out->minor > 0 && out->hasBody();
  }
  return {State::Done};
}

// Finds the end of the head. What can't become one is refused as early as it is seen.
HeadResult findEnd(std::string_view input, size_t skip, size_t* scanned) {
  const size_t window = std::min(input.size(), kMaxHead);
  for (size_t at = *scanned; at < window; ++at) {
    const char* lf = static_cast<const char*>(std::char_traits<char>::find(input.data() + at, window - at, '\n'));
    if (!lf) break;
    at = static_cast<size_t>(lf - input.data());
    if (at == 0 || input[at - 1] != '\r') return refuse(400, "a bare LF");  // RFC 9112 2.2
    if (at >= skip + 3 && input[at - 2] == '\n') return {State::Done, at + 1};
  }
  *scanned = window;
  const size_t line = input.find('\n', skip);
  if ((line == std::string_view::npos ? input.size() : line) > skip + kMaxRequestLine + 2)
    return refuse(414, "the request line is too long");
  if (input.size() >= kMaxHead) return refuse(431, "the head is too long");
  return {State::More};
}

}  // namespace

HeadResult parseHead(std::string_view input, size_t* scanned, RequestHead* out) {
  // RFC 9112 2.2: one empty line before a request is overlooked.
  const size_t skip = input.substr(0, 2) == "\r\n" ? 2 : 0;
  HeadResult end = findEnd(input, skip, scanned);
  if (end.state != State::Done) return end;
  std::string_view rest = input.substr(skip, end.size - skip - 2);  // each line with its CRLF
  bool first = true;
  while (!rest.empty()) {
    const size_t lf = rest.find('\n');
    const std::string_view line = rest.substr(0, lf - 1);
    rest.remove_prefix(lf + 1);
    if (line.find('\r') != std::string_view::npos) return refuse(400, "a bare CR");
    if (first && line.size() > kMaxRequestLine) return refuse(414, "the request line is too long");
    if (line.empty()) return refuse(400, "not a request line");
    if (auto r = first ? requestLine(line, out) : fieldLine(line, out); r.state != State::Done) return r;
    first = false;
  }
  if (first) return refuse(400, "not a request line");
  if (auto r = meaning(out); r.state != State::Done) return r;
  return end;
}

}  // namespace posthouse::http
