#include <atomic>
#include <cstdlib>

#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {
// A session of the protocol "twice": says done() when nobody waits for it, and twice.
struct Visit {
  const ph::Host& host;
  ph_session* session;
};

class Twice : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ~Twice() override {
    if (started_ && !stopped_) std::abort();
  }

  ph::Status start() override {
    started_ = true;
    auto protocol = ph::sized<ph_protocol>();
    protocol.name = "twice";
    protocol.self = this;
    protocol.open = [](void* self, ph_session* session, const ph_session_info*) -> void* {
      return new Visit{static_cast<Twice*>(self)->host(), session};
    };
    protocol.run = [](void* self, uint32_t why) -> ph_next {
      auto* v = static_cast<Visit*>(self);
      if (why & PH_WHY_SHUTDOWN) return PH_NEXT_CLOSE;
      if (why & PH_WHY_OPEN) {
        v->host.session->write(v->session, "twice\r\n", 7);
        v->host.session->done(v->session);
        v->host.session->done(v->session);
      }
      return PH_NEXT_READ;
    };
    protocol.close = [](void* self) { delete static_cast<Visit*>(self); };
    if (host().listener->offer(host().raw(), &protocol) != PH_OK) return ph::Error{ph::Kind::Conflict, "refused"};
    return {};
  }

  void stop() override {
    if (stopped_.exchange(true)) std::abort();
  }

 private:
  std::atomic<bool> started_{false};
  std::atomic<bool> stopped_{false};
};
}  // namespace

PH_PLUGIN(Twice)
