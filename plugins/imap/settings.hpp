// The plugin's configuration as sessions use it. A session keeps the settings it started with.
// Threads: SettingsBox from any thread; Settings are constant.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "ph/config.hpp"

namespace ph_imap {

struct Settings {
  uint64_t appendLimit = 100'000'000;
  uint32_t idleTimeoutMs = 30 * 60'000;
  uint32_t loginTimeoutMs = 30'000;
  unsigned maxErrors = 20;

  // Invalid, with a text for the admin, when a value is out of range.
  static ph::Result<Settings> from(const ph::Config& config);
};

class SettingsBox {
 public:
  std::shared_ptr<const Settings> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void set(Settings settings) {
    auto next = std::make_shared<const Settings>(settings);
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> current_ = std::make_shared<const Settings>();
};

}  // namespace ph_imap
