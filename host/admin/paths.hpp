// Which operation a method and a path mean. Threads: read-only after construction. RFC 9110 15.5.6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/operation.hpp"

namespace posthouse::admin {

class Paths {
 public:
  explicit Paths(const std::vector<const Operation*>& operations);

  struct Match {
    const Operation* operation = nullptr;  // nullptr: none
    std::string allow;                     // when only the method does not fit
    json::Value args;                      // of the path
  };
  // `path`: decoded, below /api/v1. Words of a template win over its parameters.
  Match find(std::string_view method, std::string_view path) const;

 private:
  struct Entry {
    std::vector<std::string> segments;
    const Operation* operation;
  };
  std::vector<Entry> entries_;  // those with words further in front first
};

// "a=1&b=2" as arguments of the operation. "+" is a plus sign. Invalid: unknown, malformed.
ph::Status addQuery(const Operation& operation, std::string_view query, json::Value* args);

}  // namespace posthouse::admin
