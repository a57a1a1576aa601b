#include "mail/json_text.hpp"

#include "ph/charset/convert.hpp"

namespace posthouse::mail {

void JsonText::separate(std::string_view key) {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[') out_ += ',';
  if (key.empty()) return;
  quote(key);
  out_ += ':';
}

void JsonText::open(std::string_view key, char c) {
  separate(key);
  out_ += c;
}

void JsonText::close(char c) {
  out_ += c;
}

void JsonText::add(std::string_view key, std::string_view text) {
  separate(key);
  quote(text);
}

void JsonText::add(std::string_view key, uint64_t number) {
  separate(key);
  out_ += std::to_string(number);
}

void JsonText::addFlag(std::string_view key, bool value) {
  separate(key);
  out_ += value ? "true" : "false";
}

void JsonText::quote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out_ += '"';
  for (const char c : ph::charset::sanitizeUtf8(text)) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (u < 0x20 || u == 0x7f) {
      out_ += "\\u00";
      out_ += kHex[u >> 4];
      out_ += kHex[u & 15];
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

}  // namespace posthouse::mail
