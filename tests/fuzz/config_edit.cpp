// An edit of a configuration file: the first line is the path, the second the value in JSON, the rest the file.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/edit/edit.hpp"
#include "config/edit/scan.hpp"
#include "json/parse.hpp"

using namespace posthouse;

namespace {

std::string_view line(std::string_view* rest) {
  const size_t end = std::min(rest->find('\n'), rest->size());
  const std::string_view out = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return out;
}

void check(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace edit = config::edit;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto path = edit::parsePath(line(&text));
  const auto value = json::parse(line(&text));
  for (const auto& e : edit::scan(text).entries)
    check(e.key <= e.valueBegin && e.valueBegin <= e.valueEnd && e.valueEnd <= text.size());
  if (!path || !value) return 0;
  // That nothing else changes is checked inside; a result is always a valid file with the value in it.
  if (const auto out = edit::set(text, *path, *value)) {
    const auto parsed = config::parseToml(*out, "x");
    check(parsed.ok() && edit::find(*parsed, *path) != nullptr);
    const auto back = edit::remove(*out, *path);
    check(back.ok() || back.error().kind == ph::Kind::Bug);
  }
  return 0;
}
