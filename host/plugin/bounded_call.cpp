#include "plugin/bounded_call.hpp"

#include <pthread.h>

#include <future>
#include <memory>
#include <thread>

namespace posthouse::plugin {

bool boundedCall(std::chrono::milliseconds patience, std::function<void()> fn) {
  auto done = std::make_shared<std::promise<void>>();
  auto returned = done->get_future();
  std::thread thread([done, fn = std::move(fn)] {
    pthread_setname_np(pthread_self(), "control");
    fn();
    done->set_value();
  });
  if (returned.wait_for(patience) == std::future_status::ready) {
    thread.join();
    return true;
  }
  thread.detach();
  return false;
}

}  // namespace posthouse::plugin
