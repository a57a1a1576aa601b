// The fields of a message, in their order. Names are kept in lower case: they are compared without case.
// Threads: a plain value type. RFC 9110 5.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthouse::http {

struct Field {
  std::string name;
  std::string value;
};

class Fields {
 public:
  void add(std::string_view name, std::string_view value);  // as it is; see isToken, isFieldValue
  void set(std::string_view name, std::string_view value);  // replaces all of that name
  void remove(std::string_view name);
  size_t count(std::string_view name) const;
  // The one of that name numbered `index`; nothing: there is none.
  std::optional<std::string_view> get(std::string_view name, size_t index = 0) const;
  // Whether the list of tokens that fields of that name make has `token`, compared without case.
  bool hasToken(std::string_view name, std::string_view token) const;
  const std::vector<Field>& all() const { return fields_; }
  size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

// RFC 9110 5.6.2.
bool isToken(std::string_view text);
// RFC 9110 5.5: no control bytes but HTAB.
bool isFieldValue(std::string_view text);

}  // namespace posthouse::http
