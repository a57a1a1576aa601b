#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {
class Throws : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override { throw 42; }
};
}  // namespace

PH_PLUGIN(Throws)
