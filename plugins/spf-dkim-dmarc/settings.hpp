// The plugin's configuration as its checks use it.
// Guarantees: a check keeps the settings it began with. Threads: SettingsBox from any thread; Settings are constant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dkim/dkim_settings.hpp"
#include "dns/ip.hpp"
#include "ph/config.hpp"
#include "ph/settings_box.hpp"

namespace ph_mailauth {

struct Settings {
  std::vector<Network> exempt;
  std::vector<std::string> dnsbl, dnswl;  // zones in A-labels
  uint32_t dnsTimeoutMs = 20'000;
  bool dmarcEnforce = true;
  bool dmarcTreeWalk = false;
  bool sendReports = true;
  std::string reportFrom;                    // empty: postmaster of our host
  std::vector<std::string> reportAddresses;  // lower case
  dkim::DkimSettings dkim;

  // Invalid, with a text for the admin, when a value can't be used.
  static ph::Result<Settings> from(const ph::Config& config);

  bool isExempt(std::string_view ip) const;
};

using SettingsBox = ph::SettingsBox<Settings>;

}  // namespace ph_mailauth
