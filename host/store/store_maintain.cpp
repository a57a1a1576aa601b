// Store::maintain: what is due in each account, without opening all of them at once.
#include <malloc.h>

#include "log/log.hpp"
#include "store/core.hpp"
#include "store/store.hpp"

namespace posthouse::store {
namespace {

const log::Log kLog("store");

}  // namespace

// Those that are open and changed since the last time, or were not looked at for long; then some of the others.
void Store::maintain(std::int64_t period) {
  const auto now = options_.now();
  const auto used = std::chrono::steady_clock::now().time_since_epoch() - std::chrono::seconds(options_.restAfter);
  std::vector<std::string> due;
  std::vector<std::shared_ptr<Account>> idle;
  {
    const std::lock_guard guard(mutex_);
    for (const auto& [name, slot] : open_) {
      auto& core = slot.account->core();
      if (!core.awake()) continue;
      // A copy of the index is only made a while after the last change.
      const bool changed = core.lastCommit + options_.snapshotIdle + period >= slot.maintained;
      if (changed || slot.maintained + options_.lookEvery <= now) {
        due.push_back(name);
      } else if (core.lastUse() < std::chrono::steady_clock::duration(used).count()) {
        idle.push_back(slot.account);
      }
    }
  }
  for (const auto& name : due) maintainOne(name);
  for (const auto& account : idle) account->rest();
  if (!idle.empty()) malloc_trim(0);  // what they held goes back to the system
  idle.clear();
  maintainClosed(period);
  lookForShares();
}

void Store::maintainOne(const std::string& name) {
  const auto account = open(name);
  if (!account) {
    if (account.error().kind != ph::Kind::NotFound)
      kLog.warn("maintenance failed", {{"account", name}, {"reason", account.error().text}});
    return;
  }
  if (auto done = (*account)->maintain(); !done)
    kLog.warn("maintenance failed", {{"account", name}, {"reason", done.error().text}});
  // An account that came back from a backup may share what nobody remembers.
  if (const auto acl = (*account)->core().acl(); shares_ && acl) (void)shares_->found(name, (*acl)->grantees());
  const std::lock_guard guard(mutex_);
  if (const auto it = open_.find(name); it != open_.end()) it->second.maintained = options_.now();
}

// What expunged messages and old copies leave has to go in accounts that nobody opens, too: so many of them each time
// that all had their turn within `lookEvery`.
void Store::maintainClosed(std::int64_t period) {
  if (turn_.empty()) {
    if (auto names = accounts()) turn_ = std::move(*names);
    inTurn_ = turn_.size();
  }
  const auto runs =
      static_cast<std::size_t>(std::max<std::int64_t>(1, options_.lookEvery / std::max<std::int64_t>(1, period)));
  for (std::size_t n = (inTurn_ + runs - 1) / runs; n > 0 && !turn_.empty(); --n) {
    const auto name = std::move(turn_.back());
    turn_.pop_back();
    const auto awake = [&] {
      const std::lock_guard guard(mutex_);
      const auto it = open_.find(name);
      return it != open_.end() && it->second.account->core().awake();
    };
    if (awake()) continue;  // has its own turn
    maintainOne(name);
    // As it was: nobody asked for it.
    const std::lock_guard guard(mutex_);
    const auto it = open_.find(name);
    if (it != open_.end() && it->second.account.use_count() == 1 && it->second.account->rest()) open_.erase(it);
  }
}

}  // namespace posthouse::store
