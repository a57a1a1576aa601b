// The registered hooks and the order their facts give them.
// Threads: all from any thread. A running stage holds the list it began with; remove() waits for running calls.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ph/draft/host/pipeline.h"
#include "ph/result.hpp"
#include "pipeline/breaker.hpp"
#include "pipeline/health.hpp"

namespace posthouse::pipeline {

inline constexpr int kStages = PH_STAGE_SUBMIT + 1;

struct Hook {
  std::string plugin;
  const void* owner = nullptr;
  int stage = 0;
  int role = 0;
  int policy = 0;
  uint32_t deadlineMs = 0;
  std::string name;
  std::vector<std::string> provides;
  std::vector<std::string> wants;
  void* self = nullptr;
  ph_status (*run)(void*, const ph_txn*, const ph_call*, ph_result*) = nullptr;
  std::atomic<int> running{0};
  Breaker breaker;
  std::shared_ptr<Health> health;  // of the plugin
};

using HookPtr = std::shared_ptr<Hook>;
// Hooks of one level depend on no fact of the same level: they may run in parallel.
using Levels = std::vector<std::vector<HookPtr>>;

class Hooks {
 public:
  // Conflict: a fact has a writer already, or the facts form a circle.
  ph::Status add(const void* owner, const std::string& plugin, const ph_hook& hook);
  // Removes all hooks of `owner` and waits up to `ms` until none of them runs; false when one still does. Calls that
  // are over their deadlines are not waited for long.
  bool remove(const void* owner, uint32_t ms);
  std::shared_ptr<const Levels> stage(int stage) const;
  // How the hooks of `owner` do; made when there is none yet, forgotten with remove().
  std::shared_ptr<Health> health(const void* owner, const std::string& plugin);
  std::vector<HookPtr> of(const void* owner) const;

 private:
  static ph::Result<Levels> order(const std::vector<HookPtr>& hooks);

  mutable std::mutex mutex_;
  std::array<std::vector<HookPtr>, kStages> hooks_;
  std::array<std::shared_ptr<const Levels>, kStages> levels_;
  std::map<const void*, std::shared_ptr<Health>> health_;
};

}  // namespace posthouse::pipeline
