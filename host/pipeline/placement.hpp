// Where a delivery goes: the verdict of the hooks and the wishes of the account, put together.
// Threads: any; may ask the store what it knows about the sender.
#pragma once

#include "pipeline/account_policy.hpp"
#include "pipeline/transaction.hpp"
#include "store/store.hpp"

namespace posthouse::pipeline {

struct Placement {
  // Store: in `mailbox`. Refuse: answer the verdict; when `mailbox` is not empty keep a copy there, marked as a reject.
  enum class Kind { Store, Refuse } kind = Kind::Store;
  std::string mailbox;
  store::DeliveryInfo info;
};

// In this order: a list the account allows is not judged; what is refused as junk (fact junk.reject) is accepted if a
// rule says so, else a copy goes to Rejects; junk goes to the mailbox of that use; then a hook's mailbox, the rule's,
// the address's, INBOX; what is for INBOX from a sender not known goes to the Introbox. `verdict`: of the deliver
// stage, with what earlier stages said.
Placement place(const Transaction& txn, const Recipient& rcpt, const ph_verdict& verdict, const Policies& policies,
                store::Account& account);

// Tells the hooks of the deliver stage what the rules of the recipient in question say of the message: the fact
// rcpt.rule is "forwarded" or "mailing_list" (RFC 7489 appendix C has these words), or not there.
void noteRule(Transaction& txn, const Policies& policies);

}  // namespace posthouse::pipeline
