// Reads JSON, as far as a manifest needs it. Threads: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace ph::validate {

struct Json {
  enum class Type { Null, Bool, Integer, String, List, Object };
  Type type = Type::Null;
  bool boolean = false;
  int64_t integer = 0;
  std::string string;
  std::vector<Json> list;
  struct Member;
  std::vector<Member> members;

  const Json* find(std::string_view key) const;
  // Empty when there is no such string, or list of strings.
  std::string text(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
};

struct Json::Member {
  std::string name;
  Json value;
};

// Numbers must be whole ones.
Result<Json> parseJson(std::string_view text);

}  // namespace ph::validate
