// The parts of Account that only hand on to Core.
#include "store/account.hpp"

#include "store/core.hpp"
#include "store/search/account_search.hpp"

namespace posthouse::store {

Account::Account(std::unique_ptr<Core> core)
    : core_(std::move(core)), search_(std::make_unique<search::AccountSearch>(*this, *core_)) {}
Account::~Account() = default;

const std::string& Account::name() const {
  return core_->name;
}
ph::Result<std::shared_ptr<const View>> Account::view(MailboxId mailbox) {
  return core_->view(mailbox);
}
std::uint64_t Account::watch(std::function<void(const Notice&)> callback) {
  return core_->watch(std::move(callback));
}
bool Account::rest() {
  return search_->rest() && core_->rest();
}
void Account::unwatch(std::uint64_t watcher) {
  core_->unwatch(watcher);
}

}  // namespace posthouse::store
