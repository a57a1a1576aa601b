#include "web/cookie.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::web {
namespace {

constexpr size_t kMaxFields = 256;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool decode(std::string_view in, std::string* out) {
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '+') {
      out->push_back(' ');
    } else if (in[i] != '%') {
      out->push_back(in[i]);
    } else {
      if (i + 2 >= in.size()) return false;
      const int high = ph::text::hexValue(in[i + 1]), low = ph::text::hexValue(in[i + 2]);
      if (high < 0 || low < 0) return false;
      out->push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return ph::text::isUtf8(*out);
}

}  // namespace

std::optional<std::string> cookie(const http::Fields& fields, std::string_view name) {
  std::optional<std::string> found;
  for (size_t index = 0;; ++index) {
    const auto field = fields.get("cookie", index);
    if (!field) return found;
    for (std::string_view rest = *field; !rest.empty();) {
      const size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const size_t equals = pair.find('=');
      if (equals == pair.npos || pair.substr(0, equals) != name) continue;
      const std::string_view value = pair.substr(equals + 1);
      if (found && *found != value) return std::nullopt;
      found = std::string(value);
    }
  }
}

std::optional<std::map<std::string, std::string>> form(std::string_view body) {
  std::map<std::string, std::string> out;
  while (!body.empty()) {
    const size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    std::string name, value;
    if (!decode(pair.substr(0, equals), &name) || !decode(pair.substr(std::min(equals + 1, pair.size())), &value))
      return std::nullopt;
    if (out.size() >= kMaxFields || !out.emplace(std::move(name), std::move(value)).second) return std::nullopt;
  }
  return out;
}

}  // namespace posthouse::web
