// The hook of stage DATA that verifies signatures and the ARC chain, in one pass over the message.
// Guarantees: mail is never refused here; a check that fails leaves no fact (policy: open).
// Threads: on workers, many at once. RFC 6376 6, RFC 8617 5.2.
#pragma once

#include "dkim/public_key.hpp"
#include "ph/hook.hpp"
#include "settings.hpp"

namespace ph_mailauth::dkim {

class SignatureHook {
 public:
  SignatureHook(const ph::Host& host, const SettingsBox& settings);
  ph::Status start() { return hook_.add(); }

 private:
  ph::Status inspect(ph::HookCall& call);

  const ph::Host& host_;
  const SettingsBox& settings_;
  KeyCache cache_;
  ph::Hook hook_;
};

}  // namespace ph_mailauth::dkim
