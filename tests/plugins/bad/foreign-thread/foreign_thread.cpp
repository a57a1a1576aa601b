#include <atomic>
#include <chrono>
#include <thread>

#include "ph/plugin.hpp"
#include "ph_manifest.h"

namespace {
class Foreign : public ph::Plugin {
 public:
  using Plugin::Plugin;
  ph::Status start() override {
    thread_ = std::thread([this] { work(); });
    return {};
  }
  void stop() override {
    ending_ = true;
    thread_.join();
  }

 private:
  void work() {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // start is over by then
    for (uint64_t n = 1; !ending_; ++n) {
      auto hook = ph::sized<ph_hook>();
      hook.name = "foreign";
      hook.run = [](void*, const ph_txn*, const ph_call*, ph_result*) -> ph_status { return PH_OK; };
      auto protocol = ph::sized<ph_protocol>();
      protocol.name = "foreign";
      protocol.open = [](void*, ph_session*, const ph_session_info*) -> void* { return nullptr; };
      protocol.run = [](void*, uint32_t) -> ph_next { return PH_NEXT_CLOSE; };
      protocol.close = [](void*) {};
      const ph_status added = host().pipeline->hook_add(host().raw(), &hook);
      const ph_status offered = host().listener->offer(host().raw(), &protocol);
      const ph_status woken = host().session->wake(host().raw(), n);
      if (n == 1) {
        host().write(
            PH_LOG_INFO, "from a foreign thread",
            {{"hook_add", std::to_string(added)}, {"offer", std::to_string(offered)}, {"wake", std::to_string(woken)}});
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::atomic<bool> ending_{false};
  std::thread thread_;
};
}  // namespace

PH_PLUGIN(Foreign)
