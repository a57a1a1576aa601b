#include "dkim/tag_writer.hpp"

#include <algorithm>

namespace ph_mailauth::dkim {
namespace {

constexpr size_t kColumns = 76;

}  // namespace

// Puts `text` behind what is there, or on a line of its own.
void TagWriter::word(std::string_view text, bool blank) {
  if (column_ + text.size() + 1 > kColumns) {
    out_ += "\r\n\t";
    column_ = 8;
  } else if (blank) {
    out_ += ' ';
    ++column_;
  }
  out_ += text;
  column_ += text.size();
}

void TagWriter::begin() {
  if (!first_) {
    out_ += ';';
    ++column_;
  }
  first_ = false;
}

void TagWriter::add(std::string_view name, std::string_view value) {
  begin();
  word(std::string(name) + "=" + std::string(value), true);
}

void TagWriter::addList(std::string_view name, const std::vector<std::string>& words) {
  begin();
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string text = words[i] + (i + 1 < words.size() ? ":" : "");
    word(i == 0 ? std::string(name) + "=" + text : text, i == 0);
  }
}

void TagWriter::addLong(std::string_view name, std::string_view value) {
  add(name, "");
  append(value);
}

void TagWriter::append(std::string_view value) {
  while (!value.empty()) {
    const size_t room = column_ + 1 < kColumns ? kColumns - column_ - 1 : 0;
    const size_t n = std::min(value.size(), room == 0 ? kColumns - 9 : room);
    word(value.substr(0, n), false);
    value.remove_prefix(n);
  }
}

}  // namespace ph_mailauth::dkim
