#include "validate/json.hpp"

#include <charconv>

namespace ph::validate {

namespace {

constexpr int kMaxDepth = 64;

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  bool value(Json& out, int depth) {
    space();
    if (depth > kMaxDepth || rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return object(out, depth);
      case '[':
        return list(out, depth);
      case '"':
        out.type = Json::Type::String;
        return string(out.string);
      case 't':
      case 'f':
        out.type = Json::Type::Bool;
        out.boolean = rest_.front() == 't';
        return word(out.boolean ? "true" : "false");
      case 'n':
        return word("null");
      default:
        out.type = Json::Type::Integer;
        return number(out.integer);
    }
  }
  bool atEnd() {
    space();
    return rest_.empty();
  }

 private:
  void space() {
    const size_t n = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(n == std::string_view::npos ? rest_.size() : n);
  }
  bool take(char c) {
    space();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view w) {
    if (!rest_.starts_with(w)) return false;
    rest_.remove_prefix(w.size());
    return true;
  }
  bool number(int64_t& out) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return rest_.empty() || std::string_view(".eE").find(rest_.front()) == std::string_view::npos;
  }
  bool string(std::string& out) {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    return false;
  }
  bool escape(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (const size_t i = kNames.find(c); i != std::string_view::npos) {
      out += kValues[i];
      return true;
    }
    unsigned code = 0;
    if (c != 'u' || rest_.size() < 4 ||
        std::from_chars(rest_.data(), rest_.data() + 4, code, 16).ptr != rest_.data() + 4) {
      return false;
    }
    rest_.remove_prefix(4);
    if (code >= 0xd800 && code < 0xe000) return false;  // no manifest needs surrogate pairs: UTF-8 is there
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xc0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      out += static_cast<char>(0xe0 | code >> 12);
      out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
      out += static_cast<char>(0x80 | (code & 0x3f));
    }
    return true;
  }
  bool list(Json& out, int depth) {
    out.type = Json::Type::List;
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      if (!value(out.list.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']');
  }
  bool object(Json& out, int depth) {
    out.type = Json::Type::Object;
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      space();
      auto& [key, member] = out.members.emplace_back();
      if (!string(key) || !take(':') || !value(member, depth + 1)) return false;
    } while (take(','));
    return take('}');
  }

  std::string_view rest_;
};

}  // namespace

const Json* Json::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string Json::text(std::string_view key) const {
  const Json* v = find(key);
  return v && v->type == Type::String ? v->string : std::string();
}

std::vector<std::string> Json::texts(std::string_view key) const {
  std::vector<std::string> out;
  if (const Json* v = find(key)) {
    for (const auto& item : v->list) out.push_back(item.string);
  }
  return out;
}

Result<Json> parseJson(std::string_view text) {
  Parser parser(text);
  Json out;
  if (!parser.value(out, 0) || !parser.atEnd()) return Error{Kind::Invalid, "not JSON"};
  return out;
}

}  // namespace ph::validate
