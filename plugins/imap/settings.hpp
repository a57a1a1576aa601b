// The plugin's configuration as sessions use it. A session keeps the settings it started with.
// Threads: SettingsBox from any thread; Settings are constant.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "ph/config.hpp"
#include "ph/settings_box.hpp"

namespace ph_imap {

struct Settings {
  uint64_t appendLimit = 100'000'000;
  uint32_t idleTimeoutMs = 30 * 60'000;
  uint32_t loginTimeoutMs = 30'000;
  unsigned maxErrors = 20;
  // Names in upper case: for everybody, by account, by the beginning of the name a client gives itself with ID (lower
  // case).
  std::set<std::string> disabled;
  std::map<std::string, std::set<std::string>> disabledForAccounts, disabledForClients;

  // Invalid, with a text for the admin, when a value is out of range.
  static ph::Result<Settings> from(const ph::Config& config);
};

using SettingsBox = ph::SettingsBox<Settings>;

}  // namespace ph_imap
