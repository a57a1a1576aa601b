#include <chrono>
#include <thread>

#include "../mail_hook.hpp"
#include "ph_manifest.h"

namespace {
class Stuck : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override {
    return bad::addMailHook(host(), "stuck", PH_POLICY_TEMPFAIL,
                            [](const ph::Host&, const std::string& localpart, ph_result*) -> ph_status {
                              while (localpart == "stuck") std::this_thread::sleep_for(std::chrono::hours(1));
                              return PH_OK;
                            });
  }
};
}  // namespace

PH_PLUGIN(Stuck)
