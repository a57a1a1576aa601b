#include "admin/error_form.hpp"

#include <charconv>

namespace posthouse::admin {
namespace {

struct Code {
  ph::Kind kind;
  const char* name;
  int status;
};
constexpr Code kCodes[] = {{ph::Kind::Unavailable, "unavailable", 503},
                           {ph::Kind::Temporary, "temporary", 503},
                           {ph::Kind::Permanent, "permanent", 500},
                           {ph::Kind::Invalid, "invalid", 400},
                           {ph::Kind::Denied, "denied", 403},
                           {ph::Kind::Timeout, "timeout", 503},
                           {ph::Kind::Cancelled, "cancelled", 503},
                           {ph::Kind::Conflict, "conflict", 409},
                           {ph::Kind::Limit, "limit", 429},
                           {ph::Kind::Bug, "bug", 500},
                           {ph::Kind::NotFound, "not_found", 404},
                           {ph::Kind::Quota, "quota", 409}};

const Code& codeOf(ph::Kind kind) {
  for (const auto& c : kCodes) {
    if (c.kind == kind) return c;
  }
  return codeOf(ph::Kind::Bug);
}

bool number(std::string_view text, int64_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

// "posthouse.toml:3:1: what", as everything that reads configuration writes it.
void addPlace(std::string_view text, json::Value* form) {
  text = text.substr(0, text.find('\n'));
  const size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return;
  const std::string_view place = text.substr(0, colon);
  const size_t second = place.rfind(':');
  const size_t first = second == std::string_view::npos || second == 0 ? second : place.rfind(':', second - 1);
  int64_t line = 0, column = 0;
  if (first == std::string_view::npos || first == second ||
      !number(place.substr(first + 1, second - first - 1), &line) || !number(place.substr(second + 1), &column))
    return;
  form->set("file", place.substr(0, first)).set("line", line).set("column", column);
}

}  // namespace

const char* codeName(ph::Kind kind) {
  return codeOf(kind).name;
}

ph::Kind kindFrom(std::string_view code) {
  for (const auto& c : kCodes) {
    if (code == c.name) return c.kind;
  }
  return ph::Kind::Bug;
}

int httpStatus(ph::Kind kind) {
  return codeOf(kind).status;
}

json::Value errorForm(const ph::Error& error) {
  auto form = json::Value::object({{"code", codeName(error.kind)}, {"message", error.text}});
  addPlace(error.text, &form);
  return form;
}

ph::Error errorFrom(const json::Value& form) {
  return {kindFrom(form["code"].string()), form["message"].string()};
}

}  // namespace posthouse::admin
