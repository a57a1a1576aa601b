#include "pipeline/delivery.hpp"

#include <chrono>
#include <ctime>

#include "log/log.hpp"
#include "ph/draft/host/accounts.h"
#include "pipeline/delivery_info.hpp"
#include "pipeline/stage_run.hpp"
#include "store/message_source.hpp"

namespace posthouse::pipeline {
namespace {

const log::Log kLog("delivery");

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

}  // namespace

Delivery::Delivery(store::Store& store, const Hooks& hooks, jobs::Pool& pool, jobs::Timers& timers,
                   events::EventLog& events, std::string hostname)
    : store_(store), hooks_(hooks), pool_(pool), timers_(timers), events_(events), hostname_(std::move(hostname)) {}

ph_verdict Delivery::deliverOne(Transaction& txn, size_t index, const std::string& keyPrefix) {
  txn.current = index;
  ph_verdict verdict = runStageAndWait(hooks_, pool_, timers_, txn, PH_STAGE_DELIVER);
  if (txn.disposition > verdict.verdict) verdict = makeVerdict(txn.disposition);
  if (verdict.verdict >= PH_VERDICT_DISCARD) return verdict;
  const Recipient& rcpt = txn.rcpts[index];
  std::string mailbox = rcpt.mailbox;
  if (mailbox.empty()) mailbox = verdict.verdict == PH_VERDICT_CONTINUE ? "INBOX" : "Junk";
  const auto header = deliveryHeader(txn, rcpt, hostname_);
  if (!header) {
    kLog.error("header refused", {{"txn", txn.id}, {"reason", header.error().text}});
    return fromError(header.error());
  }
  const auto account = store_.openOrCreate(rcpt.account);
  if (!account) {
    kLog.error("account can't be opened",
               {{"txn", txn.id}, {"account", rcpt.account}, {"reason", account.error().text}});
    return fromError(account.error());
  }
  store::MessageSource source(*txn.message.get());
  store::AppendRequest request;
  request.mailbox = mailbox;
  request.createMailbox = true;
  request.prefix = *header;
  request.source = &source;
  request.date = std::time(nullptr);
  request.zone = zoneMinutes(request.date);
  request.reversePath = txn.reversePath;
  request.delivery = deliveryInfo(txn, rcpt);
  if (!keyPrefix.empty()) request.deliveryKey = keyPrefix;
  const auto stored = (*account)->append(request);
  if (!stored) {
    kLog.warn("message not stored", {{"txn", txn.id}, {"account", rcpt.account}, {"reason", stored.error().text}});
    return fromError(stored.error());
  }
  kLog.info("stored", {{"txn", txn.id},
                       {"from", txn.reversePath},
                       {"to", rcpt.forwardPath},
                       {"account", rcpt.account},
                       {"mailbox", mailbox},
                       {"uid", std::to_string(stored->uid)},
                       {"size", std::to_string(txn.message->length())}});
  if (!stored->duplicate)
    events_.publish("message.stored", rcpt.account, "{\"uid\":" + std::to_string(stored->uid) + "}");
  runStageAndWait(hooks_, pool_, timers_, txn, PH_STAGE_STORED);
  return makeVerdict(PH_VERDICT_CONTINUE, 250, "2.0.0");
}

ph_verdict Delivery::deliver(Transaction& txn, const std::string& keyPrefix) {
  ph_verdict temporary = makeVerdict(PH_VERDICT_CONTINUE);
  ph_verdict refused = makeVerdict(PH_VERDICT_REJECT, 550, "5.1.1", "no recipient");
  bool stored = false;
  for (size_t i = 0; i < txn.rcpts.size(); ++i) {
    if (txn.rcpts[i].kind != PH_ADDRESS_ACCOUNT) {
      txn.rcpts[i].outcome = makeVerdict(PH_VERDICT_REJECT, 550, "5.1.1", "no such mailbox here");
      continue;
    }
    const ph_verdict v = deliverOne(txn, i, keyPrefix);
    txn.rcpts[i].outcome = v;
    if (v.verdict == PH_VERDICT_CONTINUE || v.verdict == PH_VERDICT_DISCARD) {
      stored = true;
    } else if (v.verdict == PH_VERDICT_TEMPFAIL) {
      temporary = v;
    } else {
      refused = v;
    }
  }
  txn.current = static_cast<size_t>(-1);
  // A temporary failure of one recipient is told: the client then tries again, at worst some get it twice, none loses
  // it.
  if (temporary.verdict == PH_VERDICT_TEMPFAIL) return temporary;
  return stored ? makeVerdict(PH_VERDICT_CONTINUE, 250, "2.0.0") : refused;
}

}  // namespace posthouse::pipeline
