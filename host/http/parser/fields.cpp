#include "http/parser/fields.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"

namespace posthouse::http {

using ph::text::equalsNoCase;

void Fields::add(std::string_view name, std::string_view value) {
  fields_.push_back({ph::text::toLower(name), std::string(value)});
}

void Fields::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Fields::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& f) { return equalsNoCase(f.name, name); });
}

size_t Fields::count(std::string_view name) const {
  return static_cast<size_t>(
      std::count_if(fields_.begin(), fields_.end(), [&](const Field& f) { return equalsNoCase(f.name, name); }));
}

std::optional<std::string_view> Fields::get(std::string_view name, size_t index) const {
  for (const auto& f : fields_) {
    if (equalsNoCase(f.name, name) && index-- == 0) return f.value;
  }
  return std::nullopt;
}

bool Fields::hasToken(std::string_view name, std::string_view token) const {
  for (const auto& f : fields_) {
    if (!equalsNoCase(f.name, name)) continue;
    std::string_view rest = f.value;
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      if (equalsNoCase(ph::text::trim(rest.substr(0, comma)), token)) return true;
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  return false;
}

bool isToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return ph::text::isAlpha(c) || ph::text::isDigit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool isFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return c == '\t' || (u >= 0x20 && u != 0x7f);
  });
}

}  // namespace posthouse::http
