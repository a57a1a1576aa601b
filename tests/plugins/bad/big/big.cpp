#include <cstddef>

#include "../mail_hook.hpp"
#include "ph_manifest.h"

namespace {
class Big : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override {
    return bad::addMailHook(host(), "big", PH_POLICY_TEMPFAIL,
                            [](const ph::Host& host, const std::string& localpart, ph_result*) -> ph_status {
                              if (localpart != "big") return PH_OK;
                              return ph::guard(&host, "hook", PH_E_BUG, [&]() -> ph_status {
                                volatile size_t size = size_t{1} << 61;
                                const std::string more(size, 'x');
                                return more[size / 2] == 'x' ? PH_OK : PH_E_BUG;
                              });
                            });
  }
};
}  // namespace

PH_PLUGIN(Big)
