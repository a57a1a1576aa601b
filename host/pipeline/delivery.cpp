#include "pipeline/delivery.hpp"

#include <chrono>
#include <ctime>

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "ph/draft/host/accounts.h"
#include "pipeline/aliases.hpp"
#include "pipeline/delivery_info.hpp"
#include "pipeline/forged_results.hpp"
#include "pipeline/stage_run.hpp"
#include "store/message_source.hpp"

namespace posthouse::pipeline {
namespace {

const log::Log kLog("delivery");
const metrics::Counters kDeliveries("posthouse_deliveries_total", "What became of messages, by recipient.",
                                    {"verdict"});

const char* verdictName(const ph_verdict& v) {
  switch (v.verdict) {
    case PH_VERDICT_CONTINUE:
      return "stored";
    case PH_VERDICT_DISCARD:
      return "discarded";
    case PH_VERDICT_TEMPFAIL:
      return "refused for now";
    default:
      return "refused";
  }
}

int zoneMinutes(int64_t seconds) {
  const auto t = static_cast<time_t>(seconds);
  tm local{};
  return localtime_r(&t, &local) ? static_cast<int>(local.tm_gmtoff / 60) : 0;
}

ph_verdict fromError(const ph::Error& e) {
  if (e.kind == ph::Kind::Quota) return makeVerdict(PH_VERDICT_TEMPFAIL, 452, "4.2.2", "the mailbox is full");
  if (e.kind == ph::Kind::Limit)
    return makeVerdict(PH_VERDICT_TEMPFAIL, 452, "4.3.1", "not enough space to store the message");
  if (e.kind == ph::Kind::Invalid || e.kind == ph::Kind::Permanent)
    return makeVerdict(PH_VERDICT_REJECT, 554, "5.6.0", "the message can't be stored");
  return makeVerdict(PH_VERDICT_TEMPFAIL, 451, "4.3.0", "the message can't be stored now");
}

// It is not there, and its name is none or there are too many.
bool mailboxIsImpossible(store::Account& account, const std::string& mailbox, const ph::Error& error) {
  if (error.kind != ph::Kind::Invalid && error.kind != ph::Kind::Limit) return false;
  return !account.mailbox(mailbox);
}

// The answer for several recipients.
class Merged {
 public:
  void add(const ph_verdict& v) {
    if (v.verdict == PH_VERDICT_CONTINUE || v.verdict == PH_VERDICT_DISCARD) {
      accepted_ = true;
    } else if (v.verdict == PH_VERDICT_TEMPFAIL) {
      temporary_ = v;
    } else {
      refused_ = v;
    }
  }
  // A temporary failure of one recipient is told: the client then tries again, at worst some get it twice, none loses
  // it.
  ph_verdict verdict() const {
    if (temporary_.verdict == PH_VERDICT_TEMPFAIL) return temporary_;
    return accepted_ ? makeVerdict(PH_VERDICT_CONTINUE, 250, "2.0.0") : refused_;
  }

 private:
  bool accepted_ = false;
  ph_verdict temporary_ = makeVerdict(PH_VERDICT_CONTINUE);
  ph_verdict refused_ = makeVerdict(PH_VERDICT_REJECT, 550, "5.1.1", "no recipient");
};

}  // namespace

Delivery::Delivery(store::Store& store, const Hooks& hooks, jobs::Pool& pool, jobs::Timers& timers,
                   events::EventLog& events, std::string hostname)
    : store_(store), hooks_(hooks), pool_(pool), timers_(timers), events_(events), hostname_(std::move(hostname)) {}

void Delivery::setPolicies(Policies policies) {
  std::atomic_store(&policies_, std::make_shared<const Policies>(std::move(policies)));
}

ph_verdict Delivery::deliverOne(Transaction& txn, size_t index, const std::string& key, bool* stored) {
  txn.current = index;
  noteRule(txn, *std::atomic_load(&policies_));
  ph_verdict verdict = runStageAndWait(hooks_, pool_, timers_, txn, PH_STAGE_DELIVER);
  if (txn.disposition > verdict.verdict) verdict = makeVerdict(txn.disposition);
  if (verdict.verdict >= PH_VERDICT_DISCARD && factOf(txn, "junk.reject").empty()) return verdict;
  const Recipient& rcpt = txn.rcpts[index];
  const auto account = store_.openOrCreate(rcpt.account);
  if (!account) {
    kLog.error("account can't be opened", {{"cid", std::to_string(txn.sessionId)},
                                           {"txn", txn.id},
                                           {"account", rcpt.account},
                                           {"reason", account.error().text}});
    return verdict.verdict >= PH_VERDICT_DISCARD ? verdict : fromError(account.error());
  }
  auto placement = place(txn, rcpt, verdict, *std::atomic_load(&policies_), **account);
  if (placement.kind == Placement::Kind::Refuse) {
    if (!placement.mailbox.empty()) (void)append(txn, rcpt, **account, placement, {});
    return verdict;
  }
  auto done = append(txn, rcpt, **account, placement, key);
  if (!done && placement.mailbox != "INBOX" && mailboxIsImpossible(**account, placement.mailbox, done.error())) {
    // A rule that names what cannot be made must not make the sender think that there is no such person.
    kLog.warn("mailbox can't be made, INBOX takes its mail", {{"cid", std::to_string(txn.sessionId)},
                                                              {"txn", txn.id},
                                                              {"account", rcpt.account},
                                                              {"mailbox", placement.mailbox}});
    placement.mailbox = "INBOX";
    done = append(txn, rcpt, **account, placement, key);
  }
  if (!done) return fromError(done.error());
  *stored = true;
  // Also of one that is there already: then an earlier attempt ended between the store and this line.
  (void)events_.publish("message.stored", rcpt.account, "{\"uid\":" + std::to_string(done->uid) + "}");
  runStageAndWait(hooks_, pool_, timers_, txn, PH_STAGE_STORED);
  if (txn.reversePath.empty() && notification_) notification_(txn, txn.rcpts[index]);
  return makeVerdict(PH_VERDICT_CONTINUE, 250, "2.0.0");
}

ph::Result<store::Appended> Delivery::append(const Transaction& txn, const Recipient& rcpt, store::Account& account,
                                             const Placement& placement, const std::string& key) {
  const auto header = deliveryHeader(txn, rcpt, hostname_);
  if (!header) {
    kLog.error("header refused",
               {{"cid", std::to_string(txn.sessionId)}, {"txn", txn.id}, {"reason", header.error().text}});
    return header.error();
  }
  // RFC 8601 5: nobody else speaks in our name.
  store::MessageSource source(*txn.message.get(), forgedResults(headerOf(*txn.message.get()), hostname_));
  store::AppendRequest request;
  request.mailbox = placement.mailbox;
  request.createMailbox = true;
  request.prefix = *header;
  request.source = &source;
  request.date = std::time(nullptr);
  request.zone = zoneMinutes(request.date);
  request.reversePath = txn.reversePath;
  request.delivery = placement.info;
  request.deliveryKey = key;
  auto done = account.append(request);
  if (!done) {
    kLog.warn("message not stored", {{"cid", std::to_string(txn.sessionId)},
                                     {"txn", txn.id},
                                     {"account", rcpt.account},
                                     {"reason", done.error().text}});
    return done;
  }
  kLog.info(done->duplicate ? "stored already" : "stored", {{"cid", std::to_string(txn.sessionId)},
                                                            {"txn", txn.id},
                                                            {"from", txn.reversePath},
                                                            {"to", rcpt.forwardPath},
                                                            {"account", rcpt.account},
                                                            {"mailbox", placement.mailbox},
                                                            {"uid", std::to_string(done->uid)},
                                                            {"size", std::to_string(txn.message->length())}});
  return done;
}

ph_verdict Delivery::deliverAccount(Transaction& txn, size_t index, const std::string& key,
                                    std::set<std::string>& accounts) {
  const std::string account = txn.rcpts[index].account;
  if (accounts.contains(account)) return makeVerdict(PH_VERDICT_CONTINUE, 250, "2.0.0");
  // What the deliver stage of one recipient says is not said of the next.
  const auto facts = txn.facts;
  const auto headers = txn.headers;
  const auto authResults = txn.authResults;
  const auto disposition = txn.disposition;
  bool kept = false;
  const ph_verdict v = deliverOne(txn, index, key, &kept);
  txn.facts = facts;
  txn.headers = headers;
  txn.authResults = authResults;
  txn.disposition = disposition;
  if (kept) accounts.insert(account);
  return v;
}

ph_verdict Delivery::deliverAlias(Transaction& txn, size_t index, const std::string& key,
                                  std::set<std::string>& accounts) {
  const auto policies = std::atomic_load(&policies_);
  const Recipient alias = txn.rcpts[index];
  const auto members = policies->directory ? aliasAccounts(*policies->directory, txn, alias)
                                           : ph::Error{ph::Kind::NotFound, "no such mailbox here"};
  if (!members) {
    if (members.error().kind == ph::Kind::Denied) return notAllowedToPost();
    return makeVerdict(PH_VERDICT_REJECT, 550, "5.1.1", members.error().text);
  }
  Merged merged;
  for (const auto& account : *members) {
    txn.rcpts[index] = alias;
    txn.rcpts[index].kind = PH_ADDRESS_ACCOUNT;
    txn.rcpts[index].account = account;
    merged.add(deliverAccount(txn, index, key, accounts));
  }
  txn.rcpts[index] = alias;
  return merged.verdict();
}

ph_verdict Delivery::deliver(Transaction& txn, const std::string& key) {
  // One account gets a message once, however many of its addresses are among the recipients.
  std::set<std::string> accounts;
  Merged merged;
  for (size_t i = 0; i < txn.rcpts.size(); ++i) {
    ph_verdict v = makeVerdict(PH_VERDICT_REJECT, 550, "5.1.1", "no such mailbox here");
    if (txn.rcpts[i].kind == PH_ADDRESS_ACCOUNT) v = deliverAccount(txn, i, key, accounts);
    if (txn.rcpts[i].kind == PH_ADDRESS_ALIAS) v = deliverAlias(txn, i, key, accounts);
    txn.rcpts[i].outcome = v;
    kDeliveries.with({verdictName(v)}).add();
    merged.add(v);
  }
  txn.current = static_cast<size_t>(-1);
  return merged.verdict();
}

}  // namespace posthouse::pipeline
