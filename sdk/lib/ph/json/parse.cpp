#include "ph/json/parse.hpp"

#include <charconv>

#include "ph/text/utf8.hpp"

namespace ph::json {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Value> run() {
    Value v;
    if (!text::isUtf8(text_)) return Error{Kind::Invalid, "JSON: not UTF-8"};
    blanks();
    if (!value(&v, 0)) return failure();
    blanks();
    if (at_ != text_.size()) {
      fail("something follows the value");
      return failure();
    }
    return v;
  }

 private:
  Error failure() const { return {Kind::Invalid, "JSON: " + std::string(why_) + " at byte " + std::to_string(at_)}; }

  bool fail(const char* why) {
    why_ = why;
    return false;
  }

  bool eat(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return fail("not a value");
    at_ += word.size();
    return true;
  }

  bool value(Value* out, int depth) {
    if (depth > kMaxDepth) return fail("too deep");
    if (at_ == text_.size()) return fail("the value is missing");
    switch (text_[at_]) {
      case '{':
        return object(out, depth);
      case '[':
        return list(out, depth);
      case '"': {
        std::string s;
        if (!string(&s)) return false;
        *out = Value(std::move(s));
        return true;
      }
      case 't':
        *out = Value(true);
        return word("true");
      case 'f':
        *out = Value(false);
        return word("false");
      case 'n':
        *out = Value();
        return word("null");
      default:
        return number(out);
    }
  }

  bool number(Value* out) {
    const size_t digits = at_ + (text_[at_] == '-' ? 1 : 0);
    if (digits + 1 < text_.size() && text_[digits] == '0' && text_[digits + 1] >= '0' && text_[digits + 1] <= '9')
      return fail("a number begins with 0");
    int64_t n = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), n);
    if (error == std::errc::result_out_of_range) return fail("the number is too large");
    if (error != std::errc()) return fail("not a value");
    at_ = static_cast<size_t>(end - text_.data());
    if (at_ < text_.size() && std::string_view(".eE").find(text_[at_]) != std::string_view::npos)
      return fail("only whole numbers are used here");
    *out = Value(n);
    return true;
  }

  bool hex(uint32_t* out) {
    if (text_.size() - at_ < 4) return fail("a string has no end");
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, *out, 16);
    if (error != std::errc() || end != text_.data() + at_ + 4) return fail("not an escape");
    at_ += 4;
    return true;
  }

  bool unicode(std::string* out) {
    uint32_t c = 0, low = 0;
    if (!hex(&c)) return false;
    if (c >= 0xdc00 && c < 0xe000) return fail("a lone surrogate");
    if (c >= 0xd800 && c < 0xdc00) {
      if (!eat('\\') || !eat('u') || !hex(&low) || low < 0xdc00 || low >= 0xe000) return fail("a lone surrogate");
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    const auto put = [&](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6);
      put(0x80 | (c & 63));
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12);
      put(0x80 | (c >> 6 & 63));
      put(0x80 | (c & 63));
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 63));
      put(0x80 | (c >> 6 & 63));
      put(0x80 | (c & 63));
    }
    return true;
  }

  bool string(std::string* out) {
    static constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (!eat('"')) return fail("a string is missing");
    for (;;) {
      if (at_ == text_.size()) return fail("a string has no end");
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return fail("a control character");
      ++at_;
      if (c == '"') return true;
      if (c != '\\') {
        out->push_back(c);
        continue;
      }
      if (at_ == text_.size()) return fail("a string has no end");
      const char e = text_[at_++];
      if (e == 'u') {
        if (!unicode(out)) return false;
      } else if (const size_t i = kEscapes.find(e); i != std::string_view::npos) {
        out->push_back(kMeanings[i]);
      } else {
        return fail("not an escape");
      }
    }
  }

  bool list(Value* out, int depth) {
    *out = Value::list();
    ++at_;
    blanks();
    if (eat(']')) return true;
    for (;;) {
      Value item;
      if (!value(&item, depth + 1)) return false;
      out->add(std::move(item));
      blanks();
      if (eat(']')) return true;
      if (!eat(',')) return fail("',' or ']' is missing");
      blanks();
    }
  }

  bool object(Value* out, int depth) {
    *out = Value::object();
    ++at_;
    blanks();
    if (eat('}')) return true;
    for (;;) {
      std::string key;
      Value member;
      if (!string(&key)) return false;
      if (out->find(key)) return fail("a member comes twice");
      blanks();
      if (!eat(':')) return fail("':' is missing");
      blanks();
      if (!value(&member, depth + 1)) return false;
      out->set(key, std::move(member));
      blanks();
      if (eat('}')) return true;
      if (!eat(',')) return fail("',' or '}' is missing");
      blanks();
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  const char* why_ = "not a value";
};

}  // namespace

Result<Value> parse(std::string_view text) {
  return Parser(text).run();
}

}  // namespace ph::json
