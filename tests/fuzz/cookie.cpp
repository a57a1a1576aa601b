// Cookies, forms and where a login leads to: whatever a browser sends. The first line is a Cookie field, the rest a
// form.
#include "web/cookie.hpp"

#include <cstdint>
#include <cstdlib>

#include "ph/text/utf8.hpp"
#include "web/pages.hpp"

using namespace posthouse;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  http::Fields fields;
  fields.add("cookie", std::string(input.substr(0, line)));
  const auto found = web::cookie(fields, "__Host-posthouse");
  if (found && (found->find(';') != std::string::npos || found->size() >= size)) std::abort();
  const auto form = web::form(line == input.npos ? std::string_view() : input.substr(line + 1));
  if (!form) return 0;
  for (const auto& [name, value] : *form) {
    if (!ph::text::isUtf8(name) || !ph::text::isUtf8(value)) std::abort();
    const std::string path = web::localPath(value);
    if (path[0] != '/' || path.starts_with("//") || path.find_first_of("\\\r\n\t ") != std::string::npos) std::abort();
    const std::string safe = web::escapedHtml(value);
    const std::string html = web::page("login.html", {{"user", safe}, {"next", web::escapedHtml(path)}});
    if (safe.find_first_of("<>\"'") != std::string::npos || html.find(safe) == std::string::npos) std::abort();
  }
  return 0;
}
