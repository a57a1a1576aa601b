#include <csignal>

#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {
__attribute__((constructor)) void crash() {
  std::raise(SIGSEGV);
}

class Crash : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override { return {}; }
};
}  // namespace

PH_PLUGIN(Crash)
