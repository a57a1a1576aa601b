// The plugin's configuration as sessions use it.
// Guarantees: a session keeps the settings it took at its last greeting or transaction, so none changes in the middle
// of a message. Threads: SettingsBox from any thread; Settings are constant.
#pragma once

#include <cstdint>

#include "ph/config.hpp"
#include "ph/settings_box.hpp"

namespace ph_smtp {

struct Settings {
  uint64_t maxMessageSize = 100'000'000;
  size_t maxRecipients = 1000;
  unsigned maxReceived = 100;
  unsigned maxErrors = 10;
  uint32_t commandTimeoutMs = 5 * 60'000;
  uint32_t dataTimeoutMs = 30 * 60'000;
  bool slowDown = true;
  bool checkDomains = true;
  bool pedantic = false;
  bool errorLocalparts = false;

  // Invalid, with a text for the admin, when the values don't go together.
  static ph::Result<Settings> from(const ph::Config& config);
};

using SettingsBox = ph::SettingsBox<Settings>;

}  // namespace ph_smtp
