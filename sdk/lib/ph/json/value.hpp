// A JSON value, and its text. A value type. RFC 8259.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ph::json {

class Value {
 public:
  enum class Type { Null, Bool, Int, String, List, Object };
  struct Member;

  // Defined below, where a Member is complete.
  Value();
  Value(bool value);
  Value(int value);
  Value(unsigned value);
  Value(int64_t value);
  Value(uint64_t value);
  Value(std::string value);
  Value(std::string_view value);
  Value(const char* value);
  Value(const std::vector<std::string>& values);
  static Value list();
  static Value object(std::initializer_list<std::pair<const char*, Value>> members = {});
  ~Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;

  Type type() const { return type_; }
  bool isNull() const { return type_ == Type::Null; }
  // Of another type: false, 0, "", nothing.
  bool boolean() const { return type_ == Type::Bool && integer_ != 0; }
  int64_t integer() const { return type_ == Type::Int ? integer_ : 0; }
  const std::string& string() const { return string_; }
  const std::vector<Value>& items() const { return items_; }
  const std::vector<Member>& members() const { return members_; }
  std::vector<std::string> strings() const;  // those of a list that are strings

  // nullptr: no such member.
  const Value* find(std::string_view key) const;
  const Value& operator[](std::string_view key) const;  // null when there is none
  // Adds or replaces; null becomes an object.
  Value& set(std::string_view key, Value value);
  Value& add(Value value);  // null becomes a list
  void remove(std::string_view key);
  bool operator==(const Value& other) const;

 private:
  Type type_ = Type::Null;
  int64_t integer_ = 0;
  std::string string_;
  std::vector<Value> items_;
  std::vector<Member> members_;  // in their order
};

struct Value::Member {
  std::string key;
  Value value;
  bool operator==(const Member&) const = default;
};

inline Value::Value() = default;
inline Value::Value(bool value) : type_(Type::Bool), integer_(value) {}
inline Value::Value(int value) : type_(Type::Int), integer_(value) {}
inline Value::Value(unsigned value) : type_(Type::Int), integer_(value) {}
inline Value::Value(int64_t value) : type_(Type::Int), integer_(value) {}
inline Value::Value(uint64_t value) : type_(Type::Int), integer_(static_cast<int64_t>(value)) {}
inline Value::Value(std::string value) : type_(Type::String), string_(std::move(value)) {}
inline Value::Value(std::string_view value) : type_(Type::String), string_(value) {}
inline Value::Value(const char* value) : type_(Type::String), string_(value) {}

// On one line, or with two blanks per level. Bytes that are not UTF-8 are replaced, so that the result always is.
std::string text(const Value& value, bool pretty = false);
// A JSON string with its quotes.
std::string quoted(std::string_view text);

}  // namespace ph::json
