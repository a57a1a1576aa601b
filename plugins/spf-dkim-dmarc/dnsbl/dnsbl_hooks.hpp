// The hook that asks the lists the admin named. Nobody is refused here.
// Threads: runs on workers, many at once.
#pragma once

#include "dnsbl/lists.hpp"
#include "ph/hook.hpp"
#include "settings.hpp"

namespace ph_mailauth {

class DnsblHooks {
 public:
  DnsblHooks(const ph::Host& host, const SettingsBox& settings);
  ph::Status start() { return hook_.add(); }

 private:
  ph::Status ask(ph::HookCall& call) const;

  const ph::Host& host_;
  const SettingsBox& settings_;
  mutable ListHealth health_;
  ph::Hook hook_;
};

}  // namespace ph_mailauth
