// posthouse dkim verify, dkim sign, arc verify, arc seal: they run offline, too.
// Threads: constructed and added on the control thread; functions run on workers.
#pragma once

#include "ph/cli.hpp"
#include "settings.hpp"

namespace ph_mailauth {

class SignatureCommands {
 public:
  SignatureCommands(const ph::Host& host, const SettingsBox& settings);

 private:
  ph::Status verify(ph::CommandCall& call) const;
  ph::Status sign(ph::CommandCall& call) const;
  ph::Status verifyArc(ph::CommandCall& call) const;
  ph::Status seal(ph::CommandCall& call) const;
  int64_t now() const;

  const ph::Host& host_;
  const SettingsBox& settings_;
  ph::Command verify_, sign_, verifyArc_, seal_;
};

}  // namespace ph_mailauth
