// The plugin's commands. Checks run offline, too.
// Threads: constructed and added on the control thread; functions run on workers.
#pragma once

#include "cli/checks.hpp"
#include "ph/cli.hpp"
#include "settings.hpp"

namespace ph_mailauth {

class Commands {
 public:
  Commands(const ph::Host& host, const SettingsBox& settings);

 private:
  ph::Status spf(ph::CommandCall& call) const;
  ph::Status dmarc(ph::CommandCall& call) const;
  ClientArguments client(const ph::CommandCall& call) const;

  const ph::Host& host_;
  const SettingsBox& settings_;
  ph::Command spf_, dmarc_;
};

}  // namespace ph_mailauth
