// A plugin's options as a form: what its schema says about each, and what it is now. Threads: as handlers.
#pragma once

#include <string>
#include <vector>

#include "admin/operation.hpp"

namespace posthouse::admin {

struct OptionField {
  std::string name;  // a path: "limits.rate"
  std::string type;  // of JSON schema; "list": of strings; "object": not for people
  std::string format;
  std::string help;
  json::Value standard;  // null: none
  json::Value value;     // null: not set, the standard holds
  std::vector<std::string> allowed;
};

// NotFound: no such plugin.
ph::Result<std::vector<OptionField>> optionForm(const Core& core, const std::string& plugin);

}  // namespace posthouse::admin
