// Settings that are replaced while others read them: Plugin::configure sets, sessions and hooks take what is in force.
// Threads: any. What get() gave stays as it is.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace ph {

template <class Settings>
class SettingsBox {
 public:
  std::shared_ptr<const Settings> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void set(Settings settings) {
    auto next = std::make_shared<const Settings>(std::move(settings));
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> current_ = std::make_shared<const Settings>();
};

}  // namespace ph
