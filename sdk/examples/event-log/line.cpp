#include "line.hpp"

#include <cstdio>
#include <ctime>

namespace event_log {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

// RFC 3339.
std::string timeOf(int64_t wallMs) {
  const std::time_t seconds = wallMs / 1000;
  std::tm t{};
  gmtime_r(&seconds, &t);
  char day[32], out[48];
  std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &t);
  std::snprintf(out, sizeof out, "%s.%03dZ", day, static_cast<int>(wallMs % 1000));
  return out;
}

}  // namespace

std::string line(const ph::Event& e) {
  std::string data = e.data.empty() ? "{}" : e.data;
  for (char& c : data) {
    if (c == '\n' || c == '\r') c = ' ';  // whitespace between tokens, the only place where JSON may have it
  }
  return "{\"seq\":" + std::to_string(e.seq) + ",\"time\":" + quoted(timeOf(e.wallMs)) + ",\"name\":" + quoted(e.name) +
         ",\"account\":" + quoted(e.account) + ",\"data\":" + data + "}\n";
}

}  // namespace event_log
