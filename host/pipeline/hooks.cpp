#include "pipeline/hooks.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>
#include <tuple>

namespace posthouse::pipeline {
namespace {

std::vector<std::string> names(const char* const* list) {
  std::vector<std::string> out;
  for (; list && *list; ++list) out.emplace_back(*list);
  return out;
}

// How long calls over their deadlines may delay the end of their plugin.
constexpr auto kHope = std::chrono::seconds(1);

bool has(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool dependsOn(const Hook& a, const Hook& b) {
  return std::any_of(a.wants.begin(), a.wants.end(), [&](const auto& w) { return has(b.provides, w); });
}

}  // namespace

// Kahn's algorithm by levels. Facts are only a partial order: a comparison sort would be silently wrong.
ph::Result<Levels> Hooks::order(const std::vector<HookPtr>& hooks) {
  std::vector<HookPtr> rest = hooks;
  Levels levels;
  while (!rest.empty()) {
    std::vector<HookPtr> level;
    std::vector<HookPtr> later;
    for (const auto& h : rest) {
      const bool waits =
          std::any_of(rest.begin(), rest.end(), [&](const auto& o) { return o != h && dependsOn(*h, *o); });
      (waits ? later : level).push_back(h);
    }
    if (level.empty()) {
      std::string circle;
      for (const auto& h : rest) circle += (circle.empty() ? "" : ", ") + h->plugin + "/" + h->name;
      return ph::Error{ph::Kind::Conflict, "these hooks wait for each other's facts: " + circle};
    }
    // A stable order for people and tests.
    std::sort(level.begin(), level.end(),
              [](const auto& a, const auto& b) { return std::tie(a->plugin, a->name) < std::tie(b->plugin, b->name); });
    levels.push_back(std::move(level));
    rest = std::move(later);
  }
  return levels;
}

ph::Status Hooks::add(const void* owner, const std::string& plugin, const ph_hook& in) {
  if (in.stage < 0 || in.stage >= kStages || !in.run || !in.name || in.role < PH_ROLE_OBSERVE ||
      in.role > PH_ROLE_EDIT || in.policy < PH_POLICY_OPEN || in.policy > PH_POLICY_CLOSED) {
    return ph::Error{ph::Kind::Invalid, "malformed hook"};
  }
  auto hook = std::make_shared<Hook>();
  hook->plugin = plugin;
  hook->owner = owner;
  hook->stage = in.stage;
  hook->role = in.role;
  hook->policy = in.policy;
  hook->deadlineMs = in.deadline_ms ? in.deadline_ms : 30000;
  hook->name = in.name;
  hook->provides = names(in.provides);
  hook->wants = names(in.wants);
  hook->self = in.self;
  hook->run = in.run;
  hook->health = health(owner, plugin);
  std::lock_guard lock(mutex_);
  for (const auto& list : hooks_) {
    for (const auto& other : list) {
      for (const auto& fact : hook->provides) {
        // One plugin may write a fact at several stages; two plugins may not.
        if (other->owner != owner && has(other->provides, fact)) {
          return ph::Error{ph::Kind::Conflict,
                           "the fact " + fact + " is written by plugin " + other->plugin + " already"};
        }
      }
    }
  }
  auto list = hooks_[in.stage];
  list.push_back(hook);
  auto levels = order(list);
  if (!levels) return levels.error();
  hooks_[in.stage] = std::move(list);
  levels_[in.stage] = std::make_shared<const Levels>(std::move(*levels));
  return {};
}

std::shared_ptr<Health> Hooks::health(const void* owner, const std::string& plugin) {
  std::lock_guard lock(mutex_);
  auto& h = health_[owner];
  if (!h) h = std::make_shared<Health>(plugin);
  return h;
}

std::vector<HookPtr> Hooks::of(const void* owner) const {
  std::vector<HookPtr> out;
  std::lock_guard lock(mutex_);
  for (const auto& list : hooks_) {
    std::copy_if(list.begin(), list.end(), std::back_inserter(out), [&](const auto& h) { return h->owner == owner; });
  }
  return out;
}

bool Hooks::remove(const void* owner, uint32_t ms) {
  std::vector<HookPtr> gone;
  std::shared_ptr<Health> health;
  {
    std::lock_guard lock(mutex_);
    if (const auto h = health_.find(owner); h != health_.end()) {
      health = h->second;
      health_.erase(h);
    }
    for (int s = 0; s < kStages; ++s) {
      auto& list = hooks_[s];
      const size_t before = list.size();
      std::erase_if(list, [&](const auto& h) {
        if (h->owner == owner) gone.push_back(h);
        return h->owner == owner;
      });
      if (list.size() == before) continue;
      auto levels = order(list);  // fewer hooks can't form a new circle
      levels_[s] = levels ? std::make_shared<const Levels>(std::move(*levels)) : nullptr;
    }
  }
  auto running = [&] {
    size_t n = 0;
    for (const auto& h : gone) n += static_cast<size_t>(h->running.load());
    return n;
  };
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(ms);
  auto hope = Clock::now() + kHope;
  while (const size_t n = running()) {
    const auto now = Clock::now();
    if (n > health->lateCalls()) hope = now + kHope;
    if (now >= end || now >= hope) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::shared_ptr<const Levels> Hooks::stage(int stage) const {
  if (stage < 0 || stage >= kStages) return nullptr;
  std::lock_guard lock(mutex_);
  return levels_[stage];
}

}  // namespace posthouse::pipeline
