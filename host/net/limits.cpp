#include "net/limits.hpp"

#include <algorithm>
#include <utility>

namespace posthouse::net {
namespace {

// Bits of 128; IPv4 begins at 96.
constexpr std::array<unsigned, 3> kV4 = {96 + 32, 96 + 26, 96 + 21};
constexpr std::array<unsigned, 3> kV6 = {64, 48, 32};

std::array<Network, 3> classesOf(const Address& address) {
  const auto& bits = Network(address, 128).isV4() ? kV4 : kV6;
  return {Network(address, bits[0]), Network(address, bits[1]), Network(address, bits[2])};
}

std::string rule(const char* what, const Network& n) {
  return std::string(what) + ".ip" + std::to_string(n.isV4() ? n.bits() - 96 : n.bits());
}

// The first class that has used up its limit, or -1.
template <class Count>
int reached(const Limits::PerClass& limits, Count&& count) {
  for (size_t i = 0; i < limits.size(); ++i) {
    if (limits[i] != 0 && count(i) >= limits[i]) return static_cast<int>(i);
  }
  return -1;
}

template <class Map, class Key>
void release(Map& map, const Key& key) {
  const auto i = map.find(key);
  if (i != map.end() && --i->second == 0) map.erase(i);
}

}  // namespace

void Limits::set(Settings settings) {
  std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
}

std::vector<Limits::Count> Limits::counts(Time now) {
  std::lock_guard lock(mutex_);
  std::vector<Count> out;
  const auto add = [&](const char* rule, const std::string& listener, const auto& counts) {
    for (const auto& [network, count] : counts) out.push_back({rule, listener, network, count});
  };
  add("login_failures_per_minute", {}, failuresMinute_.all(now));
  add("login_failures_per_day", {}, failuresDay_.all(now));
  for (auto& [name, used] : listeners_) {
    add("connections_per_minute", name, used.perMinute.all(now));
    add("connections", name, used.open);
  }
  return out;
}

void Limits::forget(const Address& address) {
  std::lock_guard lock(mutex_);
  for (const auto& network : classesOf(address)) {
    failuresMinute_.forget(network);
    failuresDay_.forget(network);
    for (auto& [name, used] : listeners_) used.perMinute.forget(network);
  }
}

bool Limits::exempt(const Address& address) const {
  return !settings_.enabled || std::any_of(settings_.exempt.begin(), settings_.exempt.end(),
                                           [&](const Network& n) { return n.contains(address); });
}

std::string Limits::loginRule(const Classes& classes, Time now) {
  int i = reached(settings_.loginFailuresPerMinute, [&](size_t c) { return failuresMinute_.count(classes[c], now); });
  if (i >= 0) return rule("login_failures_per_minute", classes[static_cast<size_t>(i)]);
  i = reached(settings_.loginFailuresPerDay, [&](size_t c) { return failuresDay_.count(classes[c], now); });
  return i >= 0 ? rule("login_failures_per_day", classes[static_cast<size_t>(i)]) : std::string();
}

std::string Limits::addFailure(const Classes& classes, Time now) {
  auto r = loginRule(classes, now);
  if (!r.empty()) return r;
  for (const auto& c : classes) {
    failuresMinute_.add(c, now);
    failuresDay_.add(c, now);
  }
  return loginRule(classes, now);
}

std::string Limits::loginRefused(const Address& remote, Time now) {
  std::lock_guard lock(mutex_);
  return exempt(remote) ? std::string() : loginRule(classesOf(remote), now);
}

std::string Limits::loginFailed(const Address& remote, Time now) {
  std::lock_guard lock(mutex_);
  return exempt(remote) ? std::string() : addFailure(classesOf(remote), now);
}

Limits::Share::Share(Share&& other) noexcept
    : limits_(std::move(other.limits_)),
      listener_(std::exchange(other.listener_, nullptr)),
      exempt_(other.exempt_),
      classes_(other.classes_),
      account_(std::move(other.account_)) {}

Limits::Share::~Share() {
  if (!limits_) return;
  std::lock_guard lock(limits_->mutex_);
  if (listener_) {
    for (const auto& c : classes_) release(listener_->open, c);
  }
  if (!account_.empty()) release(limits_->accounts_, account_);
}

std::string Limits::Share::admit(const std::string& listener, const Address& remote, Time now) {
  if (!limits_) return {};
  classes_ = classesOf(remote);
  std::lock_guard lock(limits_->mutex_);
  exempt_ = limits_->exempt(remote);
  if (exempt_) return {};
  const Settings& settings = limits_->settings_;
  const auto own = settings.listeners.find(listener);
  const Connections& most = own == settings.listeners.end() ? settings.connections : own->second;
  OfListener& used = limits_->listeners_.try_emplace(listener, limits_->maxEntries_).first->second;
  if (auto r = limits_->loginRule(classes_, now); !r.empty()) return r;
  int i = reached(most.open, [&](size_t c) {
    const auto open = used.open.find(classes_[c]);
    return open == used.open.end() ? 0 : open->second;
  });
  if (i >= 0) return rule("connections", classes_[static_cast<size_t>(i)]);
  i = reached(most.perMinute, [&](size_t c) { return used.perMinute.count(classes_[c], now); });
  if (i >= 0) return rule("connections_per_minute", classes_[static_cast<size_t>(i)]);
  for (const auto& c : classes_) {
    used.perMinute.add(c, now);
    ++used.open[c];
  }
  listener_ = &used;  // nodes of a map stay where they are
  return {};
}

std::string Limits::Share::loginFailed(Time now) {
  if (exempt_) return {};
  std::lock_guard lock(limits_->mutex_);
  return limits_->addFailure(classes_, now);
}

std::string Limits::Share::logIn(std::string_view account) {
  if (exempt_ || account_ == account) return {};
  std::lock_guard lock(limits_->mutex_);
  if (!account_.empty()) release(limits_->accounts_, account_);
  account_.clear();
  const std::string name(account);
  const auto i = limits_->accounts_.find(name);
  const uint32_t most = limits_->settings_.accountConnections;
  if (most != 0 && i != limits_->accounts_.end() && i->second >= most) return "connections.account";
  ++limits_->accounts_[name];
  account_ = name;
  return {};
}

}  // namespace posthouse::net
