// A hook at MAIL for plugins that misbehave: it is told the local part of the reverse-path.
#pragma once

#include <string>

#include "ph/plugin.hpp"

namespace bad {

// Without the C++ layer's guard: what is thrown goes to the host. `host` must stay until stop.
// `F`: a lambda without captures, since all instances of a library share its statics:
// ph_status (const ph::Host& host, const std::string& localpart, ph_result* out)
template <class F>
ph::Status addMailHook(const ph::Host& host, const char* name, int policy, F) {
  auto hook = ph::sized<ph_hook>();
  hook.stage = PH_STAGE_MAIL;
  hook.role = PH_ROLE_JUDGE;
  hook.policy = policy;
  hook.deadline_ms = 200;
  hook.name = name;
  hook.self = const_cast<ph::Host*>(&host);
  hook.run = [](void* self, const ph_txn* txn, const ph_call*, ph_result* out) -> ph_status {
    const auto& h = *static_cast<const ph::Host*>(self);
    const std::string path(ph::view(h.pipeline->reverse_path(txn)));
    return F{}(h, path.substr(0, path.find('@')), out);
  };
  if (host.pipeline->hook_add(host.raw(), &hook) != PH_OK) return ph::Error{ph::Kind::Conflict, "hook refused"};
  return {};
}

}  // namespace bad
