#include <stdexcept>

#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {
class Throws : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override { throw std::runtime_error("thrown on purpose"); }
};
}  // namespace

PH_PLUGIN(Throws)
