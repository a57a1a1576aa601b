#include "../mail_hook.hpp"
#include "ph/session.hpp"
#include "ph_manifest.h"

namespace {
class Garbage : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override {
    auto protocol = ph::sized<ph_protocol>();
    protocol.name = "garbage";
    protocol.self = this;
    protocol.open = [](void* self, ph_session*, const ph_session_info*) { return self; };
    protocol.run = [](void*, uint32_t) -> ph_next { return 4242; };
    protocol.close = [](void*) {};
    if (host().listener->offer(host().raw(), &protocol) != PH_OK) return ph::Error{ph::Kind::Conflict, "refused"};
    return bad::addMailHook(host(), "garbage", PH_POLICY_TEMPFAIL,
                            [](const ph::Host& host, const std::string& localpart, ph_result* out) -> ph_status {
                              if (localpart == "garbage-status") return 77;
                              if (localpart != "garbage-verdict") return PH_OK;
                              // An honest plugin would hand the refusal on; this one goes on as if nothing was.
                              if (host.pipeline->set_verdict(out, 99, 9999, ph::str("x"), ph::str("a\r\nb")) == PH_OK)
                                return PH_E_BUG;
                              return PH_OK;
                            });
  }
};
}  // namespace

PH_PLUGIN(Garbage)
