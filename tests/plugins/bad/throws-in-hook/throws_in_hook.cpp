#include <stdexcept>

#include "../mail_hook.hpp"
#include "ph_manifest.h"

namespace {
class Throws : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override {
    return bad::addMailHook(host(), "throws-in-hook", PH_POLICY_TEMPFAIL,
                            [](const ph::Host& host, const std::string& localpart, ph_result*) -> ph_status {
                              if (localpart == "throw-std") throw std::runtime_error("thrown on purpose");
                              if (localpart == "throw-int") throw 42;
                              return ph::guard(&host, "hook", PH_E_BUG, [&]() -> ph_status {
                                if (localpart == "throw-guarded") throw 42;
                                return PH_OK;
                              });
                            });
  }
};
}  // namespace

PH_PLUGIN(Throws)
