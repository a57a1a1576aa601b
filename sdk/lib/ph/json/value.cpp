#include "ph/json/value.hpp"

#include <algorithm>

#include "ph/charset/convert.hpp"

namespace ph::json {

Value::~Value() = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;

Value::Value(const std::vector<std::string>& values) : type_(Type::List) {
  for (const auto& v : values) items_.emplace_back(v);
}

Value Value::list() {
  Value v;
  v.type_ = Type::List;
  return v;
}

Value Value::object(std::initializer_list<std::pair<const char*, Value>> members) {
  Value v;
  v.type_ = Type::Object;
  for (const auto& [key, value] : members) v.members_.push_back({key, value});
  return v;
}

std::vector<std::string> Value::strings() const {
  std::vector<std::string> out;
  for (const auto& i : items_) {
    if (i.type() == Type::String) out.push_back(i.string());
  }
  return out;
}

const Value* Value::find(std::string_view key) const {
  const auto i = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == key; });
  return i == members_.end() ? nullptr : &i->value;
}

const Value& Value::operator[](std::string_view key) const {
  static const Value kNull;
  const Value* v = find(key);
  return v ? *v : kNull;
}

Value& Value::set(std::string_view key, Value value) {
  if (isNull()) type_ = Type::Object;
  const auto i = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == key; });
  if (i == members_.end()) {
    members_.push_back({std::string(key), std::move(value)});
  } else {
    i->value = std::move(value);
  }
  return *this;
}

Value& Value::add(Value value) {
  if (isNull()) type_ = Type::List;
  items_.push_back(std::move(value));
  return *this;
}

void Value::remove(std::string_view key) {
  std::erase_if(members_, [&](const Member& m) { return m.key == key; });
}

bool Value::operator==(const Value& other) const {
  return type_ == other.type_ && integer_ == other.integer_ && string_ == other.string_ && items_ == other.items_ &&
         members_ == other.members_;
}

std::string quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : charset::sanitizeUtf8(text)) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (u < 0x20 || u == 0x7f) {
      out.append("\\u00").append(1, kHex[u >> 4]).append(1, kHex[u & 15]);
    } else {
      out += c;
    }
  }
  return out + '"';
}

namespace {

void write(const Value& v, bool pretty, size_t depth, std::string* out) {
  const auto line = [&](size_t d) {
    if (pretty) out->append("\n").append(2 * d, ' ');
  };
  switch (v.type()) {
    case Value::Type::Null:
      out->append("null");
      return;
    case Value::Type::Bool:
      out->append(v.boolean() ? "true" : "false");
      return;
    case Value::Type::Int:
      out->append(std::to_string(v.integer()));
      return;
    case Value::Type::String:
      out->append(quoted(v.string()));
      return;
    case Value::Type::List:
      out->append("[");
      for (size_t i = 0; i < v.items().size(); ++i) {
        if (i) out->append(",");
        line(depth + 1);
        write(v.items()[i], pretty, depth + 1, out);
      }
      if (!v.items().empty()) line(depth);
      out->append("]");
      return;
    case Value::Type::Object:
      out->append("{");
      for (size_t i = 0; i < v.members().size(); ++i) {
        if (i) out->append(",");
        line(depth + 1);
        out->append(quoted(v.members()[i].key)).append(pretty ? ": " : ":");
        write(v.members()[i].value, pretty, depth + 1, out);
      }
      if (!v.members().empty()) line(depth);
      out->append("}");
      return;
  }
}

}  // namespace

std::string text(const Value& value, bool pretty) {
  std::string out;
  write(value, pretty, 0, &out);
  if (pretty) out += "\n";
  return out;
}

}  // namespace ph::json
