#include <csignal>
#include <cstdlib>

#include "../mail_hook.hpp"
#include "ph_manifest.h"

namespace {
class CrashInHook : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override {
    return bad::addMailHook(host(), "crash-in-hook", PH_POLICY_TEMPFAIL,
                            [](const ph::Host&, const std::string& localpart, ph_result*) -> ph_status {
                              if (localpart == "crash-segv") *static_cast<volatile int*>(nullptr) = 1;
                              if (localpart == "crash-abort") std::abort();
                              if (localpart == "crash-raise") ::raise(SIGBUS);
                              return PH_OK;
                            });
  }
};
}  // namespace

PH_PLUGIN(CrashInHook)
