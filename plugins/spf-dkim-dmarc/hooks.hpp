// The hooks of stage MAIL: SPF for the reverse-path and for the greeting, and the client's own name.
// Guarantees: mail is never refused here; a check that fails leaves no fact (policy: open). Mail of our own users, of
// exempt networks, and over LMTP (its client is a mail server of ours) is not looked at.
// Threads: hooks run on workers, many at once.
#pragma once

#include "ph/hook.hpp"
#include "settings.hpp"

namespace ph_mailauth {

// Whether this mail came from a stranger.
bool isChecked(const ph::HookCall& call, const Settings& settings);

class ClientHooks {
 public:
  ClientHooks(const ph::Host& host, const SettingsBox& settings);
  ph::Status start();

 private:
  ph::Status mailFrom(ph::HookCall& call) const;
  ph::Status helo(ph::HookCall& call) const;
  ph::Status iprev(ph::HookCall& call) const;

  const ph::Host& host_;
  const SettingsBox& settings_;
  ph::Hook mailFrom_, helo_, iprev_;
};

}  // namespace ph_mailauth
