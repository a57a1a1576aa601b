// Previews: blanks joined, quotes and markup left out.
#include "ph/mime/preview.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "ph/text/ascii.hpp"

namespace ph::mime {

namespace {

constexpr std::size_t kLongestEntity = 10;

// Collects characters until there are enough.
class Line {
 public:
  bool isFull() const { return count_ == kPreviewLength; }
  std::string take() && { return std::move(out_); }

  void blank() { blank_ = !out_.empty(); }

  // The character at the front of `text`; answers how many bytes it has.
  std::size_t add(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = std::min<std::size_t>(first < 0x80   ? 1
                                                   : first < 0xe0 ? 2
                                                   : first < 0xf0 ? 3
                                                                  : 4,
                                                   text.size());
    const auto one = text.substr(0, size);
    if (first <= 0x20 || first == 0x7f || one == "\xc2\xa0") {
      blank();
    } else if (!isInvisible(one)) {
      put(one);
    }
    return size;
  }

  void addPoint(std::uint32_t point) {
    if (point < 0x20 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return;
    std::string one;
    if (point < 0x80) {
      one += static_cast<char>(point);
    } else if (point < 0x800) {
      one += static_cast<char>(0xc0 | (point >> 6));
    } else if (point < 0x10000) {
      one += static_cast<char>(0xe0 | (point >> 12));
      one += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
    } else {
      one += static_cast<char>(0xf0 | (point >> 18));
      one += static_cast<char>(0x80 | ((point >> 12) & 0x3f));
      one += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
    }
    if (point >= 0x80) one += static_cast<char>(0x80 | (point & 0x3f));
    add(one);
  }

 private:
  // Zero-width characters, with which mailings pad what they want shown.
  static bool isInvisible(std::string_view one) {
    constexpr std::array<std::string_view, 6> kInvisible{"\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d",
                                                         "\xef\xbb\xbf", "\xc2\xad",     "\xcd\x8f"};
    return std::find(kInvisible.begin(), kInvisible.end(), one) != kInvisible.end();
  }

  void put(std::string_view one) {
    if (std::exchange(blank_, false)) {
      out_ += ' ';
      if (++count_ == kPreviewLength) {
        out_.pop_back();
        return;
      }
    }
    out_ += one;
    ++count_;
  }

  std::string out_;
  std::size_t count_ = 0;
  bool blank_ = false;
};

// "&amp;" at the front of `text`: adds its character and answers its size, 0 when it is none.
std::size_t entity(std::string_view text, Line& line) {
  constexpr std::array<std::pair<std::string_view, std::uint32_t>, 17> kNamed{{{"amp", '&'},
                                                                               {"lt", '<'},
                                                                               {"gt", '>'},
                                                                               {"quot", '"'},
                                                                               {"apos", '\''},
                                                                               {"nbsp", 0xa0},
                                                                               {"ndash", 0x2013},
                                                                               {"mdash", 0x2014},
                                                                               {"lsquo", 0x2018},
                                                                               {"rsquo", 0x2019},
                                                                               {"ldquo", 0x201c},
                                                                               {"rdquo", 0x201d},
                                                                               {"hellip", 0x2026},
                                                                               {"euro", 0x20ac},
                                                                               {"copy", 0xa9},
                                                                               {"zwnj", 0x200c},
                                                                               {"shy", 0xad}}};
  const auto end = text.substr(0, kLongestEntity).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const auto name = text.substr(1, end - 1);
  if (name.front() == '#') {
    const bool hex = name.size() > 2 && (name[1] == 'x' || name[1] == 'X');
    const auto digits = name.substr(hex ? 2 : 1);
    std::uint32_t point = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return 0;
    line.addPoint(point);
    return end + 1;
  }
  for (const auto& [known, point] : kNamed) {
    if (known != name) continue;
    line.addPoint(point);
    return end + 1;
  }
  return 0;
}

bool isTag(std::string_view text, std::string_view name) {
  if (!text::startsWithNoCase(text, name)) return false;
  const char next = text.size() > name.size() ? text[name.size()] : '>';
  return !text::isAlpha(next) && !text::isDigit(next);
}

std::size_t findNoCase(std::string_view text, std::string_view what, std::size_t from) {
  for (auto at = text.find('<', from); at != std::string_view::npos; at = text.find('<', at + 1)) {
    if (text::startsWithNoCase(text.substr(at), what)) return at;
  }
  return text.size();
}

// Behind the markup that begins at `at`, and behind what it hides.
std::size_t skipMarkup(std::string_view html, std::size_t at, Line& line) {
  const auto rest = html.substr(at);
  if (rest.substr(0, 4) == "<!--") {
    const auto end = html.find("-->", at + 4);
    return end == std::string_view::npos ? html.size() : end + 3;
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kHidden{
      {{"<style", "</style"}, {"<script", "</script"}, {"<head", "</head"}, {"<title", "</title"}}};
  for (const auto& [open, close] : kHidden) {
    if (isTag(rest, open)) at = findNoCase(html, close, at + open.size());
  }
  // Words on both sides of a block are two words; those of <b> and its like are one.
  bool isInline = false;
  const auto tag = html.substr(std::min(at, html.size()));
  for (const std::string_view name : {"b", "i", "u", "a", "em", "strong", "span", "font", "small", "sub", "sup"}) {
    const auto open = "<" + std::string(name), close = "</" + std::string(name);
    isInline = isInline || isTag(tag, open) || isTag(tag, close);
  }
  if (!isInline) line.blank();
  const auto end = html.find('>', at);
  return end == std::string_view::npos ? html.size() : end + 1;
}

bool beginsMarkup(std::string_view text) {
  return text.size() > 1 && (text::isAlpha(text[1]) || text[1] == '/' || text[1] == '!' || text[1] == '?');
}

}  // namespace

std::string previewOfText(std::string_view text) {
  Line line;
  while (!text.empty() && !line.isFull()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!row.empty() && row.back() == '\r') row.remove_suffix(1);
    if (row == "-- ") break;  // the signature begins
    if (!row.empty() && row.front() == '>') continue;
    while (!row.empty() && !line.isFull()) row.remove_prefix(line.add(row));
    line.blank();
  }
  return std::move(line).take();
}

std::string previewOfHtml(std::string_view html) {
  Line line;
  for (std::size_t at = 0; at < html.size() && !line.isFull();) {
    const auto rest = html.substr(at);
    if (rest.front() == '<' && beginsMarkup(rest)) {
      at = skipMarkup(html, at, line);
    } else if (const auto size = rest.front() == '&' ? entity(rest, line) : 0; size != 0) {
      at += size;
    } else {
      at += line.add(rest);
    }
  }
  return std::move(line).take();
}

}  // namespace ph::mime
