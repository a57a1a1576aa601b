#include "pipeline/placement.hpp"

#include "pipeline/delivery_info.hpp"

namespace posthouse::pipeline {
namespace {

// A forwarder's identities say nothing about who wrote the message.
void forget(store::DeliveryInfo& info, const std::string& forwarder) {
  info.isForward = true;
  info.origHeloDomain = std::exchange(info.heloDomain, {});
  info.heloValidation = store::Validation::Unknown;
  info.mailFrom = {};
  info.mailFromValidation = store::Validation::Unknown;
  std::erase_if(info.dkimDomains, [&](const auto& domain) {
    const bool its = domain == forwarder || domain.ends_with("." + forwarder);
    if (its) info.origDkimDomains.push_back(domain);
    return its;
  });
}

std::string junkMailbox(store::Account& account) {
  if (const auto mailboxes = account.mailboxes()) {
    for (const auto& m : *mailboxes)
      if (m.use == store::Use::Junk) return m.name;
  }
  return "Junk";
}

// Mail of the very same author came to INBOX before and was judged, or the account wrote to them.
bool isKnown(const store::DeliveryInfo& info, store::Account& account) {
  const auto inbox = account.mailbox("INBOX");
  if (!inbox || info.from.domain.empty()) return false;
  store::PastQuery query;
  query.by = store::PastQuery::By::From;
  query.localpart = info.from.localpart;
  query.value = info.from.domain;
  query.mailbox = inbox->id;
  query.max = 1;
  constexpr std::int64_t kMemory = 3 * 365 * 86400LL;
  query.since = std::time(nullptr) - kMemory;
  const auto past = account.pastDeliveries(query);
  if (past && !past->empty()) return true;
  const auto wrote = account.wroteTo(store::Account::Correspondent::Address, info.from, query.since);
  return wrote && *wrote;
}

}  // namespace

Placement place(const Transaction& txn, const Recipient& rcpt, const ph_verdict& verdict, const Policies& policies,
                store::Account& account) {
  Placement out;
  out.info = deliveryInfo(txn, rcpt);
  auto& info = out.info;
  const auto& policy = policies.of(rcpt.account);
  const auto address = policies.canonical(rcpt.forwardPath);
  const auto header = txn.message && !policy.rules.empty() ? headerOf(*txn.message.get()) : std::string();
  const Rule* rule = matchRule(policy.rules, address, info, header);
  const bool allowed = rule != nullptr && isListAllowed(rule->listAllowDomain, info);
  info.isMailingList = allowed;
  const auto forwarder = rule != nullptr && rule->isForward ? rule->verifiedDomain : std::string();

  std::string normal = "INBOX";
  if (const auto it = policy.mailboxes.find(address); it != policy.mailboxes.end()) normal = it->second;
  if (rule != nullptr && !rule->mailbox.empty()) normal = rule->mailbox;
  if (!rcpt.mailbox.empty()) normal = rcpt.mailbox;
  if (!forwarder.empty()) forget(info, forwarder);

  const bool junkRefused = verdict.verdict >= PH_VERDICT_TEMPFAIL && !factOf(txn, "junk.reject").empty();
  out.mailbox = normal;
  if (verdict.verdict >= PH_VERDICT_DISCARD && !(junkRefused && allowed)) {
    if (junkRefused && rule != nullptr && !rule->acceptRejectsTo.empty()) {
      out.mailbox = rule->acceptRejectsTo;
    } else {
      out.kind = Placement::Kind::Refuse;
      out.mailbox = junkRefused ? policy.rejectsMailbox : "";
      info.isReject = true;
    }
  } else if (verdict.verdict >= PH_VERDICT_JUNK && verdict.verdict < PH_VERDICT_DISCARD && !allowed) {
    out.mailbox = rcpt.mailbox.empty() ? junkMailbox(account) : rcpt.mailbox;
  } else if (normal == "INBOX" && !policy.introbox.empty() && !info.isForward && !info.isMailingList &&
             !isKnown(info, account)) {
    out.mailbox = policy.introbox;
  }
  if (out.mailbox != normal) info.destined = normal;
  return out;
}

void noteRule(Transaction& txn, const Policies& policies) {
  const Recipient& rcpt = txn.rcpts[txn.current];
  const auto& rules = policies.of(rcpt.account).rules;
  if (rules.empty() || !txn.message) return;
  const auto info = deliveryInfo(txn, rcpt);
  const Rule* rule = matchRule(rules, policies.canonical(rcpt.forwardPath), info, headerOf(*txn.message.get()));
  if (rule == nullptr) return;
  if (rule->isForward) txn.facts["rcpt.rule"] = "forwarded";
  if (isListAllowed(rule->listAllowDomain, info)) txn.facts["rcpt.rule"] = "mailing_list";
}

}  // namespace posthouse::pipeline
