// A plugin as a class. Derive from Plugin, and write PH_PLUGIN(YourClass) in exactly one source file.
#pragma once

#include <ph/entry.h>

#include <memory>

#include "ph/config.hpp"
#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

// All methods are called on the control thread; see ph/plugin.h for the life cycle.
class Plugin {
 public:
  explicit Plugin(const Host& host) : host_(host) {}
  virtual ~Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  virtual Status configure(const Config& config, bool checkOnly) {
    (void)config, (void)checkOnly;
    return {};
  }
  virtual Status start() = 0;
  virtual void drain(uint32_t deadlineMs) { (void)deadlineMs; }
  virtual void stop() {}

  const Host& host() const { return host_; }

 private:
  const Host& host_;
};

namespace detail {

struct Instance {
  ph_plugin table;
  Host host;
  std::unique_ptr<Plugin> plugin;

  explicit Instance(const ph_host* raw) : table{}, host(raw) {}
};

inline Instance* instance(void* self) {
  return static_cast<Instance*>(self);
}

template <class P>
const ph_plugin* create(const ph_host* raw, ph_error* error) {
  std::unique_ptr<Instance> made(guard<Instance*>(nullptr, "create", nullptr, [&] {
    auto i = std::make_unique<Instance>(raw);
    i->plugin = std::make_unique<P>(i->host);
    return i.release();
  }));
  if (!made) {
    fill(error, "the plugin's constructor failed");
    return nullptr;
  }
  ph_plugin& t = made->table;
  t.size = sizeof t;
  t.self = made.get();
  t.configure = [](void* self, const ph_config* config, int32_t checkOnly, ph_error* e) -> ph_status {
    auto* i = instance(self);
    return guard(&i->host, "configure", PH_E_BUG,
                 [&] { return fromStatus(i->plugin->configure(Config(i->host, config), checkOnly != 0), e); });
  };
  t.start = [](void* self, ph_error* e) -> ph_status {
    auto* i = instance(self);
    return guard(&i->host, "start", PH_E_BUG, [&] { return fromStatus(i->plugin->start(), e); });
  };
  t.drain = [](void* self, uint32_t deadline) {
    auto* i = instance(self);
    guardVoid(&i->host, "drain", [&] { i->plugin->drain(deadline); });
  };
  t.stop = [](void* self) {
    auto* i = instance(self);
    guardVoid(&i->host, "stop", [&] { i->plugin->stop(); });
  };
  t.destroy = [](void* self) {
    auto* i = instance(self);
    guardVoid(nullptr, "destroy", [&] { delete i; });
  };
  return &made.release()->table;
}

}  // namespace detail
}  // namespace ph

// PH_MANIFEST_* come from ph_manifest.h, which the build makes from plugin.json.
#define PH_PLUGIN(Class)                                                                                             \
  extern "C" const ph_descriptor* ph_plugin_v1(void) {                                                               \
    static const ph_descriptor descriptor = {sizeof(ph_descriptor), PH_ABI_MINOR,       PH_MANIFEST_ID,              \
                                             PH_MANIFEST_VERSION,   PH_MANIFEST_SHA256, &ph::detail::create<Class>}; \
    return &descriptor;                                                                                              \
  }
