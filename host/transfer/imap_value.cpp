#include "transfer/imap_value.hpp"

#include <charconv>

#include "ph/text/ascii.hpp"

namespace posthouse::transfer {
namespace {

constexpr int kDeepest = 32;

class Reader {
 public:
  Reader(std::string_view line, std::vector<std::string> literals) : rest_(line), literals_(std::move(literals)) {}

  ph::Result<std::vector<ImapValue>> list(bool inside, int depth) {
    std::vector<ImapValue> out;
    for (;;) {
      while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
      if (rest_.empty()) {
        if (inside) return bad();
        return out;
      }
      if (rest_.front() == ')') {
        if (!inside) return bad();
        rest_.remove_prefix(1);
        return out;
      }
      auto value = one(depth);
      if (!value) return value.error();
      out.push_back(std::move(*value));
    }
  }

 private:
  static ph::Error bad() { return {ph::Kind::Permanent, "the server's answer cannot be read"}; }

  ph::Result<ImapValue> one(int depth) {
    ImapValue value;
    switch (rest_.front()) {
      case '(': {
        if (depth >= kDeepest) return bad();
        rest_.remove_prefix(1);
        auto items = list(true, depth + 1);
        if (!items) return items.error();
        value.type = ImapValue::Type::List;
        value.items = std::move(*items);
        return value;
      }
      case '"':
        return quoted();
      case '{':
        return literal();
      default:
        return atom();
    }
  }

  ph::Result<ImapValue> quoted() {
    ImapValue value{ImapValue::Type::String, {}, {}};
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return value;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) break;
      value.text += rest_[i];
    }
    return bad();
  }

  ph::Result<ImapValue> literal() {
    const auto end = rest_.find('}');
    if (end == rest_.npos || next_ == literals_.size()) return bad();
    rest_.remove_prefix(end + 1);
    return ImapValue{ImapValue::Type::String, std::move(literals_[next_++]), {}};
  }

  // Blanks and parentheses are part of it between brackets: BODY[HEADER.FIELDS (TO)].
  ph::Result<ImapValue> atom() {
    std::size_t end = 0;
    for (int brackets = 0; end < rest_.size(); ++end) {
      const char c = rest_[end];
      if (c == '[') ++brackets;
      if (c == ']' && brackets > 0) --brackets;
      if (brackets == 0 && (c == ' ' || c == '(' || c == ')' || c == '"' || c == '{')) break;
    }
    if (end == 0) return bad();
    ImapValue value{ImapValue::Type::Atom, std::string(rest_.substr(0, end)), {}};
    rest_.remove_prefix(end);
    if (ph::text::equalsNoCase(value.text, "NIL")) value.type = ImapValue::Type::Nil;
    return value;
  }

  std::string_view rest_;
  std::vector<std::string> literals_;
  std::size_t next_ = 0;
};

}  // namespace

const ImapValue* ImapValue::find(std::string_view name) const {
  for (std::size_t i = 0; i + 1 < items.size(); i += 2)
    if (ph::text::equalsNoCase(items[i].text, name)) return &items[i + 1];
  return nullptr;
}

ph::Result<std::vector<ImapValue>> parseImap(std::string_view line, std::vector<std::string> literals) {
  return Reader(line, std::move(literals)).list(false, 0);
}

long long literalAtEnd(std::string_view line) {
  if (!line.ends_with('}')) return -1;
  const auto open = line.rfind('{');
  if (open == line.npos) return -1;
  auto number = line.substr(open + 1, line.size() - open - 2);
  if (number.ends_with('+')) number.remove_suffix(1);
  long long size = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), size);
  return error == std::errc() && end == number.data() + number.size() && size >= 0 ? size : -1;
}

std::string quotedImap(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\0' || static_cast<unsigned char>(c) > 0x7e) return {};
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace posthouse::transfer
