// Reads "--name value", "--name=value", "--switch" and positional words, through Poco's option processor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::app {

struct Flags {
  std::map<std::string, std::string> values;  // present ones only; a switch has an empty value
  std::vector<std::string> words;
  bool has(const std::string& name) const { return values.contains(name); }
  std::string get(const std::string& name, const std::string& fallback = {}) const {
    const auto i = values.find(name);
    return i == values.end() ? fallback : i->second;
  }
};

struct FlagSpec {
  const char* name;
  bool takesValue;
};

// Invalid: unknown flag, missing value.
ph::Result<Flags> parseFlags(const std::vector<std::string>& args, const std::vector<FlagSpec>& known);

}  // namespace posthouse::app
