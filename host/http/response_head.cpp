#include "http/response_head.hpp"

#include <algorithm>
#include <array>

namespace posthouse::http {
namespace {

// For whoever opens an answer in a browser: it is what it says it is, loads nothing and is framed nowhere.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kProtection = {{
    {"content-security-policy", "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'"},
    {"x-content-type-options", "nosniff"},
    {"referrer-policy", "no-referrer"},
    {"cross-origin-resource-policy", "same-origin"},
}};

void line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool wantsJson(const RequestHead* request) {
  if (!request) return false;
  const auto accept = request->fields.get("accept");
  if (!accept) return false;
  const size_t json = accept->find("application/json"), text = accept->find("text/");
  return json < text;
}

}  // namespace

std::string_view reasonPhrase(int status) {
  static constexpr std::pair<int, std::string_view> kPhrases[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  for (const auto& [code, text] : kPhrases) {
    if (code == status) return text;
  }
  return {};
}

namespace {

// Of now; made anew once a second.
const std::string& dateNow() {
  thread_local std::time_t second = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    second = now;
    text = httpDate(now);
  }
  return text;
}

}  // namespace

std::string responseHead(const Response& r, Framing framing, uint64_t length, bool keepAlive, int minor) {
  std::string out;
  out.reserve(640);
  out.append("HTTP/1.1 ").append(std::to_string(r.status)).append(" ");
  out.append(reasonPhrase(r.status)).append("\r\n");
  line(out, "date", dateNow());
  for (const auto& f : r.fields.all()) {
    if (!f.value.empty()) line(out, f.name, f.value);
  }
  for (const auto& [name, value] : kProtection) {
    if (r.fields.count(name) == 0) line(out, name, value);
  }
  if (framing == Framing::Length) line(out, "content-length", std::to_string(length));
  if (framing == Framing::Chunked) line(out, "transfer-encoding", "chunked");
  if (!keepAlive) {
    line(out, "connection", "close");
  } else if (minor == 0) {
    line(out, "connection", "keep-alive");
  }
  return out.append("\r\n");
}

std::string errorBody(int status, std::string_view why, const RequestHead* request, std::string* type) {
  const std::string phrase(reasonPhrase(status));
  if (wantsJson(request)) {
    *type = "application/json";
    // The texts are ours and need no escaping.
    return "{\"status\":" + std::to_string(status) + ",\"error\":\"" + (why.empty() ? phrase : std::string(why)) +
           "\"}\n";
  }
  *type = "text/plain; charset=utf-8";
  return std::to_string(status) + " " + phrase + (why.empty() ? "" : ": ") + std::string(why) + "\n";
}

std::string errorResponse(int status, std::string_view why, const RequestHead* request, bool keepAlive,
                          const Fields& more) {
  Response r{status, more};
  std::string type;
  const std::string body = errorBody(status, why, request, &type);
  r.fields.add("content-type", type);
  std::string out = responseHead(r, Framing::Length, body.size(), keepAlive, request ? request->minor : 1);
  if (!request || request->method != "HEAD") out += body;
  return out;
}

}  // namespace posthouse::http
