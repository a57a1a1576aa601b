// Store: who shares something with whom, and making that known anew; see shares.hpp.
#include <algorithm>
#include <chrono>

#include "log/log.hpp"
#include "store/core.hpp"
#include "store/store.hpp"

namespace posthouse::store {
namespace {

const log::Log kLog("store");
constexpr std::chrono::seconds kLookFor{2};  // at most, each time

}  // namespace

std::set<std::string> Store::sharers(std::string_view viewer) const {
  return shares_ ? shares_->owners(viewer) : std::set<std::string>();
}

ph::Result<std::shared_ptr<Account>> Store::openShared(const std::string& owner, const std::string& viewer) {
  const ph::Error none{ph::Kind::NotFound, "no such mailbox"};
  if (owner == viewer) return none;
  const std::string grantees[] = {viewer, std::string(kAnyone)};
  // Nobody makes the server open accounts by guessing names.
  if (shares_ && shares_->isComplete() &&
      std::none_of(std::begin(grantees), std::end(grantees), [&](const auto& g) { return shares_->isKnown(g, owner); }))
    return none;
  auto account = open(owner);
  if (!account) return account.error().kind == ph::Kind::Invalid ? none : account.error();
  const auto acl = (*account)->core().acl();
  if (!acl) return acl.error();
  const auto given = (*acl)->grantees();
  bool any = false;
  for (const auto& grantee : grantees) {
    if (given.contains(grantee)) {
      any = true;
    } else if (shares_ && shares_->isKnown(grantee, owner)) {
      shares_->forget(grantee, owner, [&] {
        const auto now = (*account)->core().acl();
        return !now || (*now)->grantees().contains(grantee);
      });
    }
  }
  if (!any) return none;
  return account;
}

// A bounded piece of the way through all accounts, when the file of shares is new.
void Store::lookForShares() {
  if (!shares_ || shares_->isComplete()) return;
  if (!looking_) {
    auto names = accounts();
    if (!names) return;
    notLookedAt_ = std::move(*names);
    looking_ = true;
  }
  const auto until = std::chrono::steady_clock::now() + kLookFor;
  while (!notLookedAt_.empty() && std::chrono::steady_clock::now() < until) {
    const auto name = notLookedAt_.back();
    ph::Status done;
    if (const auto account = open(name)) {
      const auto acl = (*account)->core().acl();
      done = acl ? shares_->found(name, (*acl)->grantees()) : acl.error();
    } else if (account.error().kind != ph::Kind::NotFound) {
      kLog.warn("whom an account shares with is not known", {{"account", name}, {"reason", account.error().text}});
    }
    if (!done) {
      kLog.warn("shares can't be kept", {{"reason", done.error().text}});
      looking_ = false;  // from the beginning, the next time
      return;
    }
    notLookedAt_.pop_back();
  }
  if (!notLookedAt_.empty()) return;
  looking_ = false;
  if (auto done = shares_->complete(); !done) kLog.warn("shares can't be kept", {{"reason", done.error().text}});
}

}  // namespace posthouse::store
