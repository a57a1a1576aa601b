#include "plugin/services.hpp"

#include <algorithm>
#include <chrono>

namespace posthouse::plugin {

ph_status Services::offer(const void* owner, std::string_view id, const void* table) {
  if (id.empty() || !table) return PH_E_INVALID;
  std::lock_guard lock(mutex_);
  const auto [from, to] = entries_.equal_range(id);
  if (std::any_of(from, to, [](const auto& e) { return !e.second.withdrawn; })) return PH_E_CONFLICT;
  entries_.emplace(std::string(id), Entry{owner, table, 0, false});
  return PH_OK;
}

ph_status Services::acquire(std::string_view id, const void** table, void** lease) {
  std::lock_guard lock(mutex_);
  const auto [from, to] = entries_.equal_range(id);
  for (auto i = from; i != to; ++i) {
    if (i->second.withdrawn) continue;
    ++i->second.leases;
    *table = i->second.table;
    *lease = &i->second;  // map nodes do not move
    return PH_OK;
  }
  return PH_E_UNAVAILABLE;
}

void Services::release(void* lease) {
  std::lock_guard lock(mutex_);
  auto* e = static_cast<Entry*>(lease);
  if (--e->leases == 0) released_.notify_all();
}

bool Services::withdraw(const void* owner, uint32_t ms) {
  std::unique_lock lock(mutex_);
  for (auto& [id, e] : entries_) {
    if (e.owner == owner) e.withdrawn = true;
  }
  auto free = [&] {
    return std::none_of(entries_.begin(), entries_.end(),
                        [&](const auto& e) { return e.second.owner == owner && e.second.leases > 0; });
  };
  if (!released_.wait_for(lock, std::chrono::milliseconds(ms), free)) return false;
  std::erase_if(entries_, [&](const auto& e) { return e.second.owner == owner; });
  return true;
}

}  // namespace posthouse::plugin
