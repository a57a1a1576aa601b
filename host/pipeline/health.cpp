#include "pipeline/health.hpp"

#include "log/log.hpp"

namespace posthouse::pipeline {
namespace {
const log::Log kLog("pipeline");
}

bool Health::admits() const {
  std::lock_guard lock(mutex_);
  return !quarantined_ && late_ < kMaxLate;
}

void Health::late() {
  std::lock_guard lock(mutex_);
  ++late_;
}

void Health::stuck() {
  {
    std::lock_guard lock(mutex_);
    if (++stuck_ < kMaxStuck || quarantined_) return;
    quarantined_ = true;
  }
  kLog.error("plugin quarantined: its calls do not return",
             {{"plugin", plugin_}, {"stuck", std::to_string(kMaxStuck)}});
  std::lock_guard lock(callbackMutex_);
  if (onQuarantine_) onQuarantine_();
}

void Health::returned(bool wasStuck) {
  std::lock_guard lock(mutex_);
  --late_;
  if (wasStuck) --stuck_;
}

void Health::breakerOpened() {
  std::lock_guard lock(mutex_);
  if (open_++ == 0) kLog.warn("plugin degraded", {{"plugin", plugin_}});
}

void Health::breakerClosed() {
  std::lock_guard lock(mutex_);
  if (--open_ == 0) kLog.info("plugin recovered", {{"plugin", plugin_}});
}

void Health::onQuarantine(std::function<void()> fn) {
  std::lock_guard lock(callbackMutex_);
  onQuarantine_ = std::move(fn);
}

void Health::detach() {
  onQuarantine(nullptr);
}

bool Health::quarantined() const {
  std::lock_guard lock(mutex_);
  return quarantined_;
}

bool Health::degraded() const {
  std::lock_guard lock(mutex_);
  return open_ > 0;
}

size_t Health::lateCalls() const {
  std::lock_guard lock(mutex_);
  return late_;
}

size_t Health::stuckCalls() const {
  std::lock_guard lock(mutex_);
  return stuck_;
}

}  // namespace posthouse::pipeline
