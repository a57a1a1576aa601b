// What the operations about access control lists have in common. Threads: as handlers.
#pragma once

#include "admin/operation.hpp"
#include "store/account.hpp"

namespace posthouse::admin {

// The account and mailbox of a call. NotFound: one of them is not there.
struct AclTarget {
  std::shared_ptr<store::Account> account;
  store::MailboxId mailbox = 0;
};
ph::Result<AclTarget> aclTarget(const Call& call);

// With the identifier of the call, in any spelling.
Answer changeAcl(Call& call, store::AclMode mode, store::Rights rights);

// "account", "mailbox" and "identifier".
std::vector<Param> aclParams();

}  // namespace posthouse::admin
