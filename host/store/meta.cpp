// X-Posthouse-Meta: v=1; key=value pairs, one per folded line, values percent-encoded.
#include "store/meta.hpp"

#include <charconv>

namespace posthouse::store {
namespace {

constexpr std::string_view kStart = "X-Posthouse-Meta: v=1";
constexpr char kHex[] = "0123456789abcdef";

bool plain(unsigned char c) {
  return c > 0x20 && c < 0x7f && c != '%' && c != ';';
}

std::string encode(std::string_view value) {
  std::string out;
  for (const unsigned char c : value) {
    if (plain(c)) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
  return out;
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      out += value[i];
      continue;
    }
    if (i + 2 >= value.size() || nibble(value[i + 1]) < 0 || nibble(value[i + 2]) < 0) return {};
    out += static_cast<char>(nibble(value[i + 1]) << 4 | nibble(value[i + 2]));
    i += 2;
  }
  return out;
}

template <class Int>
bool number(std::string_view text, Int& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool assign(Meta& meta, std::string_view key, std::string_view raw) {
  const auto value = decode(raw);
  if (!value) return false;
  if (key == "account") meta.account = *value;
  if (key == "id") return number(raw, meta.id);
  if (key == "date") return number(raw, meta.date);
  if (key == "zone") return number(raw, meta.zone);
  if (key == "prefix") return number(raw, meta.prefix);
  if (key == "mailbox") meta.mailbox = *value;
  if (key == "from") meta.reversePath = *value;
  if (key == "sha256") {
    if (value->size() != 64) return false;
    for (std::size_t i = 0; i < 64; i += 2) {
      if (nibble((*value)[i]) < 0 || nibble((*value)[i + 1]) < 0) return false;
      meta.hash += static_cast<char>(nibble((*value)[i]) << 4 | nibble((*value)[i + 1]));
    }
  }
  return true;
}

}  // namespace

std::string formatMeta(const Meta& meta) {
  std::string hash;
  for (const unsigned char c : meta.hash) {
    hash += kHex[c >> 4];
    hash += kHex[c & 15];
  }
  std::string out(kStart);
  const auto add = [&out](const char* key, const std::string& value) {
    out.append(";\r\n\t").append(key).append("=").append(value);
  };
  add("account", encode(meta.account));
  add("id", std::to_string(meta.id));
  add("date", std::to_string(meta.date));
  add("zone", std::to_string(meta.zone));
  add("mailbox", encode(meta.mailbox));
  add("from", encode(meta.reversePath));
  add("prefix", std::to_string(meta.prefix));
  add("sha256", hash);
  return out += "\r\n";
}

std::optional<ParsedMeta> parseMeta(std::string_view head) {
  if (head.substr(0, kStart.size()) != kStart) return {};
  ParsedMeta parsed;
  std::size_t at = kStart.size();
  while (head.substr(at, 4) == ";\r\n\t") {
    at += 4;
    const auto equals = head.find('=', at);
    const auto end = head.find_first_of(";\r", at);
    if (equals == std::string_view::npos || end == std::string_view::npos || equals > end) return {};
    if (!assign(parsed.meta, head.substr(at, equals - at), head.substr(equals + 1, end - equals - 1))) return {};
    at = end;
  }
  if (head.substr(at, 2) != "\r\n" || parsed.meta.id == 0 || parsed.meta.hash.size() != 32) return {};
  parsed.length = at + 2;
  return parsed;
}

}  // namespace posthouse::store
