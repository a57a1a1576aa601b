// Looks up every client's EHLO name, the slow way: a worker of the hook pool waits for the answer.
#include <string>

#include "ph/dns.hpp"
#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {

class AsksPlugin : public ph::Plugin {
 public:
  explicit AsksPlugin(const ph::Host& host) : Plugin(host), dns_(host) {}

  ph::Status start() override {
    auto hook = ph::sized<ph_hook>();
    hook.stage = PH_STAGE_HELO;
    hook.role = PH_ROLE_JUDGE;
    hook.policy = PH_POLICY_OPEN;
    hook.name = "asks";
    hook.self = this;
    hook.run = [](void* self, const ph_txn* txn, const ph_call*, ph_result*) -> ph_status {
      return static_cast<AsksPlugin*>(self)->ask(txn);
    };
    if (host().pipeline->hook_add(host().raw(), &hook) != PH_OK) return ph::Error{ph::Kind::Conflict, "hook refused"};
    return {};
  }

 private:
  ph_status ask(const ph_txn* txn) const {
    auto info = ph::sized<ph_txn_info>();
    host().pipeline->info(txn, &info);
    (void)dns_.lookUp(ph::view(info.helo), ph::DnsType::A);
    return PH_OK;
  }

  ph::Dns dns_;
};

}  // namespace

PH_PLUGIN(AsksPlugin)
