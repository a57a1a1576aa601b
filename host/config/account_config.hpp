// accounts/NAME.toml: what one account is called, which mail it gets and what becomes of it.
// Threads: a value type, read-only after loading.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/pattern.hpp"
#include "config/node.hpp"

namespace posthouse::config {

// [junk_flags]: mailboxes whose messages are marked $Junk or $NotJunk, by their names in lower case.
struct JunkFlagsConfig {
  bool enabled = false;
  Pattern junk, neutral, notJunk;
};

struct AccountConfig {
  std::string name;
  std::vector<std::string> addresses;
  std::string fullName;
  std::string loginDisabled;  // not empty: what every login is told
  Position at;
  uint64_t quota = 0;  // bytes; 0: none
  JunkFlagsConfig junkFlags;
};

extern const char* const kAccountSchema;

// `node` has passed the schema. Problems, each with its place, are added to `problems`.
AccountConfig readAccount(const std::string& name, const Node& node, uint64_t defaultQuota,
                          std::vector<std::string>* problems);

}  // namespace posthouse::config
