// What became of recipients: tried again, returned, delivered; and who must be told. RFC 3461 4.1, 5.2, 6; RFC 2852 4.
#include <algorithm>
#include <utility>

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "queue/queue.hpp"
#include "queue/retry.hpp"
#include "queue/suppression.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
const metrics::Counters kResults("posthouse_queue_results_total", "What became of recipients in attempts.",
                                 {"where", "result", "reason"});
constexpr auto kAgain = std::chrono::milliseconds(250);  // what could not be written
constexpr size_t kLaneBatch = 500;

// For metrics: never the remote's words.
const char* reasonOf(const Outcome& o) {
  if (o.outcome == PH_DELIVERED) return "";
  if (o.enhanced == "5.4.7" || o.enhanced == "4.4.7") return "expired";
  if (o.flags & PH_ATTEMPT_LOCAL) return "local";
  return o.code == 0 ? "connection" : "reply";
}

bool tells(uint32_t notify, uint32_t about) {
  if (notify & PH_NOTIFY_NEVER) return false;
  if (notify & PH_NOTIFY_GIVEN) return (notify & about) != 0;
  return about != PH_NOTIFY_SUCCESS;
}

}  // namespace

Queue::Decision Queue::decide(const MessageRow& message, const RcptRow& rcpt, const Outcome& outcome) {
  const auto& e = message.envelope;
  const int64_t now = s_.now();
  Decision d;
  d.outcome = outcome;
  d.attempts = rcpt.attempts + 1;
  // RFC 5321 4.5.5: nobody is told about what came from <>.
  const auto owe = [&](uint32_t about, int what) {
    if (!e.reversePath.empty() && tells(rcpt.rcpt.notify, about)) d.owed = what;
  };
  const auto fail = [&] {
    d.over = true;
    d.owed = kOwedNothing;
    owe(PH_NOTIFY_FAILURE, kOwedFailed);
  };
  if (outcome.outcome == PH_DELIVERED) {
    d.over = true;
    d.owed = kOwedNothing;
    // RFC 3461 5.2.2: the next server tells when it took that over; else we say how far it came.
    if (!(outcome.flags & PH_ATTEMPT_DSN))
      owe(PH_NOTIFY_SUCCESS, isLocal(rcpt.destination) ? kOwedDelivered : kOwedRelayed);
    // RFC 2852 4.1.4: told of each server when that was asked for; 4.1.4.2: and when the next one can't watch the time.
    const bool unwatched = e.byMode == 'N' && e.deliverBy > now && !(outcome.flags & PH_ATTEMPT_DELIVERBY);
    const bool traced = e.deliverBy != 0 && (e.flags & PH_MAIL_BY_TRACE);
    if (!isLocal(rcpt.destination) && (unwatched || traced) && !e.reversePath.empty() &&
        !(rcpt.rcpt.notify & PH_NOTIFY_NEVER)) {
      d.owed = kOwedRelayed;
    }
    return d;
  }
  const bool mustBeThere = e.byMode == 'R' && e.deliverBy != 0;
  if (outcome.outcome == PH_DELIVERY_PERMANENT || d.attempts >= settings()->maxAttempts ||
      (mustBeThere && e.deliverBy <= now)) {
    fail();
    return d;
  }
  d.due = now + retryDelay(d.attempts, s_.random);
  if (mustBeThere) d.due = std::min(d.due, e.deliverBy);
  const bool late = e.byMode == 'N' && e.deliverBy != 0 && e.deliverBy <= now && rcpt.last < e.deliverBy;
  if (d.attempts == kTellDelayAfter || late) owe(PH_NOTIFY_DELAY, kOwedDelayed);
  return d;
}

void Queue::record(const MessageRow& message, const RcptRow& rcpt, const Outcome& outcome,
                   std::function<void(bool owed)> done) {
  const auto d = decide(message, rcpt, outcome);
  const auto& e = message.envelope;
  const char* result = outcome.outcome == PH_DELIVERED ? "delivered" : d.over ? "bounced" : "deferred";
  kResults.with({isLocal(rcpt.destination) ? "local" : "remote", result, reasonOf(outcome)}).add();
  kLog.info(result, {{"cid", std::to_string(e.connection)},
                     {"txn", e.id},
                     {"to", rcpt.rcpt.forwardPath},
                     {"attempt", std::to_string(d.attempts)},
                     {"code", std::to_string(outcome.code)},
                     {"enhanced", outcome.enhanced},
                     {"reply", outcome.text},
                     {"host", outcome.host},
                     {"ip", outcome.ip},
                     {"tls", outcome.tls}});
  post(message, rcpt, d, std::move(done));
}

// A suppression list that fills by itself takes addresses that refuse for good, or failed three times in a row.
ph::Status Queue::learn(db::Database& db, const Envelope& e, const RcptRow& rcpt, const Outcome& outcome) {
  constexpr int kOften = 3;
  if (outcome.outcome != PH_DELIVERY_PERMANENT || isLocal(rcpt.destination)) return {};
  if (e.account.empty() || !settings()->suppressing.contains(e.account)) return {};
  if (!isHardFailure(outcome)) {
    if (outcome.flags & PH_ATTEMPT_LOCAL) return {};
    const auto often = failedOften(db, e.account, rcpt.rcpt.forwardPath, kOften - 1);
    if (!often) return often.error();
    if (!*often) return {};
  }
  const auto id = suppress(db, {0, e.account, rcpt.rcpt.forwardPath, false, outcome.text, s_.now()});
  if (!id) return id.error();
  if (*id != 0) {
    ++suppressions_;
    kLog.info("address suppressed", {{"account", e.account}, {"to", rcpt.rcpt.forwardPath}, {"reply", outcome.text}});
  }
  return {};
}

// The event log hears of it after it was written down: at most once.
void Queue::told(const Envelope& e, const RcptRow& rcpt, const Decision& d) const {
  const char* name = d.outcome.outcome == PH_DELIVERED ? "queue.delivered"
                     : d.over                          ? "queue.failed"
                     : d.owed == kOwedDelayed          ? "queue.delayed"
                                                       : nullptr;
  if (name) publish(name, e, rcpt.rcpt.forwardPath, d.outcome, rcpt.rcpt.returnTo);
}

void Queue::post(const MessageRow& message, const RcptRow& rcpt, const Decision& d, std::function<void(bool)> done) {
  auto name = std::make_shared<std::string>();
  const int64_t now = s_.now();
  const int64_t keepUntil = now + settings()->keepRetired;
  ledger_->post(
      [=, this](db::Database& db) -> ph::Status {
        if (!d.over) return postpone(db, rcpt, d.outcome, d.attempts, now, d.due, d.owed);
        if (auto s = learn(db, message.envelope, rcpt, d.outcome); !s) return s;
        if (auto s = conclude(db, rcpt, d.outcome, d.attempts, now, d.owed, keepUntil); !s) return s;
        auto over = buryIfOver(db, rcpt.message);
        if (!over) return over.error();
        *name = std::move(*over);
        return {};
      },
      [this, name, message, rcpt, d, done = std::move(done)](const ph::Status& s) {
        bool stopping = false;
        {
          std::lock_guard lock(mutex_);
          stopping = paused_;
        }
        if (!s && !stopping) {
          // It stays in flight, so nobody tries it again meanwhile.
          s_.timers.add(kAgain, {}, [this, message, rcpt, d, done] { post(message, rcpt, d, done); });
          return;
        }
        if (!s) kLog.error("a result is lost", {{"txn", message.envelope.id}, {"to", rcpt.rcpt.forwardPath}});
        if (s) told(message.envelope, rcpt, d);
        if (s && !name->empty()) buried(*name);
        free({rcpt});
        done(s.ok() && d.owed != kOwedNothing);
      });
}

// A message is over: its file goes, while the ledger's thread goes on. That need not be durable, the tombstone
// remembers.
void Queue::buried(const std::string& name) {
  {
    std::lock_guard lock(mutex_);
    if (messages_ > 0) --messages_;
    if (name.empty()) return;
    dead_.push_back(name);
    if (std::exchange(burying_, true)) return;
  }
  if (!started([this] { bury(); }, s_.diskPool)) bury();
}

void Queue::bury() {
  for (;;) {
    std::vector<std::string> names;
    {
      std::lock_guard lock(mutex_);
      names.swap(dead_);
      if (names.empty()) {
        burying_ = false;
        return;
      }
    }
    for (const auto& name : names) (void)spool_.remove(name);
  }
}

void Queue::giveBack(const std::vector<RcptRow>& rcpts, int64_t delay, std::function<void()> done) {
  const auto finish = [this, rcpts, done = std::move(done)](const ph::Status&) {
    free(rcpts);
    done();
  };
  if (delay == 0) return finish({});
  const int64_t due = s_.now() + delay;
  ledger_->post(
      [rcpts, due](db::Database& db) -> ph::Status {
        for (const auto& r : rcpts) {
          if (auto s = defer(db, r, due); !s) return s;
        }
        return {};
      },
      finish);
}

void Queue::recordLane(const Lane& lane, const Outcome& outcome, std::function<void()> done) {
  const bool taken = started(
      [this, lane, outcome, done] {
        failLane(lane, outcome);
        done();
      },
      s_.diskPool);
  if (!taken) done();
}

// All that is due in the lane, a batch at a time.
void Queue::failLane(const Lane& lane, const Outcome& outcome) {
  std::unordered_set<int64_t> owing;
  for (DueRcpt cursor{INT64_MIN, 0};;) {
    struct One {
      MessageRow message;
      RcptRow rcpt;
      Decision decision;
    };
    std::vector<One> batch;
    {
      std::lock_guard pick(pickMutex_);
      while (batch.size() < kLaneBatch) {
        auto found = find(lane.destination, &lane, &cursor);
        if (!found || !*found) break;
        inFlight_.insert((*found)->rcpt.id);
        batch.push_back({(*found)->message, (*found)->rcpt, {}});
      }
    }
    if (batch.empty()) break;
    std::vector<RcptRow> rows;
    for (auto& one : batch) {
      one.decision = decide(one.message, one.rcpt, outcome);
      rows.push_back(one.rcpt);
      const char* result = one.decision.over ? "bounced" : "deferred";
      kResults.with({"remote", result, reasonOf(outcome)}).add();
      kLog.info(result, {{"cid", std::to_string(one.message.envelope.connection)},
                         {"txn", one.message.envelope.id},
                         {"to", one.rcpt.rcpt.forwardPath},
                         {"attempt", std::to_string(one.decision.attempts)},
                         {"reply", outcome.text},
                         {"host", outcome.host}});
    }
    const int64_t now = s_.now();
    const int64_t keepUntil = now + settings()->keepRetired;
    std::vector<std::string> names;
    const auto s = ledger_->change([&](db::Database& db) -> ph::Status {
      for (const auto& one : batch) {
        const auto& d = one.decision;
        if (d.over) {
          if (auto s = learn(db, one.message.envelope, one.rcpt, d.outcome); !s) return s;
        }
        auto done = d.over ? conclude(db, one.rcpt, d.outcome, d.attempts, now, d.owed, keepUntil)
                           : postpone(db, one.rcpt, d.outcome, d.attempts, now, d.due, d.owed);
        if (!done) return done;
        auto name = buryIfOver(db, one.rcpt.message);
        if (!name) return name.error();
        if (!name->empty()) names.push_back(std::move(*name));
      }
      return {};
    });
    free(rows);
    if (!s) return;
    for (const auto& name : names) buried(name);
    for (const auto& one : batch) {
      told(one.message.envelope, one.rcpt, one.decision);
      if (one.decision.owed != kOwedNothing) owing.insert(one.message.id);
    }
  }
  for (const int64_t id : owing) notify(id);
}

void Queue::keepHint(const std::string& destination, const std::string& hint, std::function<void()> done) {
  const int64_t now = s_.now();
  ledger_->post([=](db::Database& db) { return setHint(db, destination, hint, now); },
                [done = std::move(done)](const ph::Status&) { done(); });
}

}  // namespace posthouse::queue
