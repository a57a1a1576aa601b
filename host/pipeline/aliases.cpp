#include "pipeline/aliases.hpp"

#include <algorithm>

#include "ph/address/addr_spec.hpp"
#include "ph/draft/host/accounts.h"
#include "pipeline/delivery_info.hpp"

namespace posthouse::pipeline {

ph_verdict notAllowedToPost() {
  return makeVerdict(PH_VERDICT_REJECT, 550, "5.7.2", "only members may post to this address");
}

ph::Result<std::vector<std::string>> aliasAccounts(const accounts::Directory& directory, const Transaction& txn,
                                                   const Recipient& alias) {
  const ph::Error gone{ph::Kind::NotFound, "no such mailbox here"};
  const auto path = ph::address::parseAddrSpec(alias.forwardPath);
  if (!path) return gone;
  const auto resolved = directory.resolve(path->localpart, path->domain);
  const auto* found = resolved ? directory.alias(resolved->canonical) : nullptr;
  if (!found) return gone;
  const auto author = txn.message ? authorOf(*txn.message.get()) : store::MailAddress{};
  if (!directory.mayPost(*found, author.localpart, author.domain)) {
    return ph::Error{ph::Kind::Denied, "only members may post to this address"};
  }
  std::string authorAccount = txn.account;
  if (authorAccount.empty() && !author.localpart.empty()) {
    if (const auto who = directory.resolve(author.localpart, author.domain)) authorAccount = who->account;
  }
  std::vector<std::string> all;
  std::vector<std::string> others;
  for (const auto& member : found->members) {
    if (std::find(all.begin(), all.end(), member.account) != all.end()) continue;
    all.push_back(member.account);
    const bool recipient = std::any_of(txn.rcpts.begin(), txn.rcpts.end(), [&](const Recipient& r) {
      return r.kind == PH_ADDRESS_ACCOUNT && r.account == member.account;
    });
    if (!recipient && member.account != authorAccount) others.push_back(member.account);
  }
  return others.empty() ? all : others;
}

}  // namespace posthouse::pipeline
