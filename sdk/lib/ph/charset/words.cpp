// Decoding of encoded words, cut by hand because real ones break the grammar in every way.
#include "ph/charset/words.hpp"

#include <algorithm>

#include "ph/charset/convert.hpp"
#include "ph/text/ascii.hpp"

namespace ph::charset {
namespace {

struct Word {
  std::string charset;
  std::string bytes;
  size_t end = 0;
};

int base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (text::isDigit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::string decodeB(std::string_view in) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : in) {
    const int v = base64Value(c);
    if (v < 0) continue;
    bits = (bits << 6) | static_cast<uint32_t>(v);
    if ((count += 6) >= 8) out += static_cast<char>((bits >> (count -= 8)) & 0xff);
  }
  return out;
}

std::string decodeQ(std::string_view in) {
  std::string out;
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '=' && i + 2 < in.size() && text::hexValue(in[i + 1]) >= 0 && text::hexValue(in[i + 2]) >= 0) {
      out += static_cast<char>(text::hexValue(in[i + 1]) * 16 + text::hexValue(in[i + 2]));
      i += 2;
    } else {
      out += in[i] == '_' ? ' ' : in[i];
    }
  }
  return out;
}

// RFC 2047 2, with blanks allowed inside Q text, which broken senders leave there. No part of a word spans more
// than kMaxWord bytes, so a value full of "=?" stays linear.
constexpr size_t kMaxWord = 2000;

bool readWord(std::string_view s, size_t pos, Word& word) {
  s = s.substr(0, std::min(s.size(), pos + kMaxWord));
  const size_t charsetStart = pos + 2;
  size_t i = charsetStart;
  while (i < s.size() && i - charsetStart < 80 && s[i] != '?' && !text::isSpace(s[i])) ++i;
  if (i + 3 >= s.size() || i == charsetStart || s[i] != '?' || s[i + 2] != '?') return false;
  const char encoding = text::lower(s[i + 1]);
  if (encoding != 'b' && encoding != 'q') return false;
  const size_t textStart = i + 3;
  const size_t end = s.find("?=", textStart);
  if (end == std::string_view::npos) return false;
  const std::string_view body = s.substr(textStart, end - textStart);
  if (body.find('?') != std::string_view::npos) return false;
  const std::string_view charset = s.substr(charsetStart, i - charsetStart);
  word.charset = text::toLower(charset.substr(0, charset.find('*')));  // RFC 2231 5: "*language"
  word.bytes = encoding == 'b' ? decodeB(body) : decodeQ(body);
  word.end = end + 2;
  return true;
}

void appendClean(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\n' || c == '\0' || c == '\r') {
      if (c == '\n' && !out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string decodeWords(std::string_view value) {
  std::string unfolded;
  unfolded.reserve(value.size());
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') unfolded += c;
  }
  if (unfolded.find("=?") == std::string::npos) {
    return isValidUtf8(unfolded) ? unfolded : toUtf8("", unfolded);
  }
  const std::string_view s = unfolded;
  std::string out;
  Word pending;  // decoded, not converted yet: the next word may continue its last character
  bool hasPending = false;
  size_t plain = 0;  // start of text not emitted yet
  const auto flush = [&] {
    if (hasPending) appendClean(out, toUtf8(pending.charset, pending.bytes));
    hasPending = false;
  };
  const auto emit = [&](std::string_view text) { out += isValidUtf8(text) ? std::string(text) : toUtf8("", text); };
  size_t pos = 0;
  while ((pos = s.find("=?", pos)) != std::string_view::npos) {
    Word word;
    if (!readWord(s, pos, word)) {
      pos += 2;
      continue;
    }
    const std::string_view between = s.substr(plain, pos - plain);
    const size_t end = word.end;
    // RFC 2047 6.2: white space between adjacent encoded words is not shown.
    const bool adjacent = hasPending && text::trim(between).empty();
    if (adjacent && pending.charset == word.charset) {
      pending.bytes += word.bytes;
    } else {
      flush();
      if (!adjacent) emit(between);
      pending = std::move(word);
      hasPending = true;
    }
    pos = plain = end;
  }
  flush();
  emit(s.substr(plain));
  return out;
}

}  // namespace ph::charset
