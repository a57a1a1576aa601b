// Where a value stands in a configuration file: "plugins.smtp.pedantic", "certificates[0].key",
// "address.\"ann@example.org\".mailbox". A value type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::config::edit {

struct Step {
  std::string key;
  int index = -1;  // of an array of tables; -1: none
  bool operator==(const Step&) const = default;
};
using Path = std::vector<Step>;

// Invalid: not a path.
ph::Result<Path> parsePath(std::string_view text);
std::string pathText(const Path& path);
// The whole of `prefix` begins `path`, or is it.
bool isPrefix(const Path& prefix, const Path& path);
// As TOML has it: quoted when it must be.
std::string keyText(std::string_view key);
// The steps from `from` on as a dotted key, without indexes.
std::string dottedKey(const Path& path, size_t from);

}  // namespace posthouse::config::edit
