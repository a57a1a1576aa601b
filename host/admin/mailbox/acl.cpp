#include "admin/mailbox/acl.hpp"

#include <algorithm>

#include "accounts/accounts.hpp"
#include "accounts/acl_identifier.hpp"
#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "store/store.hpp"

namespace posthouse::admin {

ph::Result<AclTarget> aclTarget(const Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  const auto mailbox = (*account)->mailbox(call.text("mailbox"));
  if (!mailbox) return mailbox.error();
  return AclTarget{std::move(*account), mailbox->id};
}

Answer changeAcl(Call& call, store::AclMode mode, store::Rights rights) {
  const auto target = aclTarget(call);
  if (!target) return target.error();
  auto identifier = call.text("identifier");
  const auto entries = target->account->acl(target->mailbox);
  if (!entries) return entries.error();
  // Those of accounts that are gone stay until they are removed.
  const bool known = std::any_of(entries->begin(), entries->end(),
                                 [&](const store::AclEntry& e) { return e.identifier == identifier; });
  if (!known) {
    auto resolved = accounts::resolveIdentifier(*call.core.accounts->directory(), identifier);
    if (!resolved) return resolved.error();
    identifier = std::move(*resolved);
  }
  if (auto done = target->account->setAcl(target->mailbox, identifier, mode, rights); !done) return done.error();
  return json::Value::object();
}

std::vector<Param> aclParams() {
  return {{"account", Param::Type::String, Param::kRequired, "Whose mailbox it is.", Subject::Account},
          {"mailbox", Param::Type::String, Param::kRequired | Param::kWord, "Its name."},
          {"identifier", Param::Type::String, Param::kRequired | Param::kWord,
           "An account, by name or address, or \"anyone\"; with a dash before it, its rights are taken away."}};
}

}  // namespace posthouse::admin
