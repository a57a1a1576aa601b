#include <chrono>
#include <thread>

#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {
class Hangs : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override { return {}; }
  void stop() override {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }
};
}  // namespace

PH_PLUGIN(Hangs)
