// How one plugin's hooks are doing: calls over their deadlines, stuck calls, open breakers.
//
// Guarantees: while kMaxLate calls are late no further one is begun; with kMaxStuck stuck ones the plugin is
// quarantined for good. Threads: all from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

namespace posthouse::pipeline {

class Health {
 public:
  static constexpr size_t kMaxLate = 2;
  static constexpr size_t kMaxStuck = 2;

  explicit Health(std::string plugin) : plugin_(std::move(plugin)) {}

  // Whether another hook may be called now.
  bool admits() const;
  void late();
  void stuck();                  // one of the late
  void returned(bool wasStuck);  // a late one, after all
  void breakerOpened();
  void breakerClosed();

  // Called once, with a lock held, when the plugin is quarantined. After detach() it is not running and won't be
  // called.
  void onQuarantine(std::function<void()> fn);
  void detach();

  bool quarantined() const;
  bool degraded() const;  // a breaker is open
  size_t lateCalls() const;
  size_t stuckCalls() const;

 private:
  const std::string plugin_;
  mutable std::mutex mutex_;
  std::mutex callbackMutex_;
  std::function<void()> onQuarantine_;
  size_t late_ = 0;
  size_t stuck_ = 0;
  size_t open_ = 0;
  bool quarantined_ = false;
};

}  // namespace posthouse::pipeline
