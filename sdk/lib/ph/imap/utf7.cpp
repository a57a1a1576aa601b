// Modified UTF-7: printable ASCII as itself, "&" as "&-", the rest as UTF-16BE in base64 between "&" and "-".
#include "ph/imap/utf7.hpp"

#include <cstdint>

#include "ph/text/utf8.hpp"

namespace ph::imap {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

bool isDirect(char32_t c) {
  return c >= 0x20 && c <= 0x7e;
}

class Base64Writer {
 public:
  explicit Base64Writer(std::string& out) : out_(out) {}
  void unit(std::uint32_t u) {
    bits_ = (bits_ << 16) | u;
    count_ += 16;
    while (count_ >= 6) {
      count_ -= 6;
      out_ += kAlphabet[(bits_ >> count_) & 63];
    }
  }
  void end() {
    if (count_ > 0) out_ += kAlphabet[(bits_ << (6 - count_)) & 63];
  }

 private:
  std::string& out_;
  std::uint32_t bits_ = 0;
  int count_ = 0;
};

Error invalid(const char* why) {
  return {Kind::Invalid, why};
}

// The base64 of one shift to UTF-8.
Status decodeShift(std::string_view base64, std::string& out) {
  std::uint32_t bits = 0;
  int count = 0;
  char32_t high = 0;
  for (const char c : base64) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return invalid("invalid character in modified UTF-7");
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const char32_t unit = (bits >> count) & 0xffff;
    if (high != 0) {
      if (unit < 0xdc00 || unit > 0xdfff) return invalid("lone surrogate in modified UTF-7");
      text::appendUtf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
    } else if (unit >= 0xd800 && unit <= 0xdbff) {
      high = unit;
    } else if (unit >= 0xdc00 && unit <= 0xdfff) {
      return invalid("lone surrogate in modified UTF-7");
    } else if (unit == 0 || isDirect(unit)) {
      return invalid("character that needs no encoding in modified UTF-7");
    } else {
      text::appendUtf8(out, unit);
    }
  }
  if (high != 0) return invalid("lone surrogate in modified UTF-7");
  if (count >= 6 || (bits & ((1u << count) - 1)) != 0) return invalid("spare bits in modified UTF-7");
  return {};
}

}  // namespace

Result<std::string> encodeUtf7(std::string_view name) {
  std::string out;
  std::size_t pos = 0;
  char32_t c = 0;
  while (pos < name.size()) {
    std::size_t start = pos;
    if (!text::nextCodePoint(name, pos, c) || c == 0) return invalid("name is not UTF-8");
    if (isDirect(c)) {
      out += static_cast<char>(c);
      if (c == '&') out += '-';
      continue;
    }
    out += '&';
    Base64Writer writer(out);
    pos = start;
    while (pos < name.size()) {
      start = pos;
      if (!text::nextCodePoint(name, pos, c) || c == 0) return invalid("name is not UTF-8");
      if (isDirect(c)) {
        pos = start;
        break;
      }
      if (c >= 0x10000) {
        writer.unit(0xd800 + ((c - 0x10000) >> 10));
        writer.unit(0xdc00 + ((c - 0x10000) & 0x3ff));
      } else {
        writer.unit(c);
      }
    }
    writer.end();
    out += '-';
  }
  return out;
}

Result<std::string> decodeUtf7(std::string_view text) {
  std::string out;
  bool afterShift = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c < 0x20 || c > 0x7e) return invalid("character outside printable ASCII in modified UTF-7");
    if (c != '&') {
      out += c;
      afterShift = false;
      continue;
    }
    const std::size_t end = text.find('-', i);
    if (end == std::string_view::npos) return invalid("unterminated shift in modified UTF-7");
    if (end == i + 1) {
      out += '&';
      afterShift = false;
    } else {
      if (afterShift) return invalid("superfluous shift in modified UTF-7");
      if (auto ok = decodeShift(text.substr(i + 1, end - i - 1), out); !ok) return ok.error();
      afterShift = true;
    }
    i = end;
  }
  return out;
}

}  // namespace ph::imap
