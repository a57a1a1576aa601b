#include "queue/operations.hpp"

#include <set>

#include "log/log.hpp"
#include "queue/lists.hpp"
#include "queue/queue.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr const char* kHeldReason = "held";

ph::Status update(db::Database& db, const char* sql, int64_t value, int64_t rcpt) {
  db::Scoped s(db.cached(sql));
  return s->bind(1, value).bind(2, rcpt).run();
}

}  // namespace

ph::Result<size_t> Operations::each(const Filter& filter, const Change& change) {
  size_t count = 0;
  const auto s = queue_.changing([&](db::Database& db) -> ph::Status {
    const auto found = listRcpts(db, filter);
    if (!found) return found.error();
    std::set<std::string> destinations;
    for (const auto& info : *found) {
      const auto row = rcptRow(db, info.id);
      if (!row) return row.error();
      if (row->state == kDone) continue;  // only a notification is owed
      if (auto done = change(db, *row); !done) return done;
      destinations.insert(row->destination);
      ++count;
    }
    for (const auto& d : destinations) {
      if (auto done = settle(db, d); !done) return done;
    }
    return {};
  });
  if (!s) return s.error();
  return count;
}

ph::Result<std::vector<RcptInfo>> Operations::list(const Filter& filter) {
  std::vector<RcptInfo> out;
  const auto why = queue_.obstacle();
  const auto s = queue_.reading([&](db::Database& db) -> ph::Status {
    auto found = listRcpts(db, filter);
    if (!found) return found.error();
    out = std::move(*found);
    return {};
  });
  if (!s) return s.error();
  for (auto& i : out) {
    if (i.held) {
      i.reason = kHeldReason;
    } else if (!isLocal(i.destination) && !why.empty()) {
      i.reason = why;
    }
  }
  return out;
}

ph::Result<RcptInfo> Operations::show(int64_t rcpt) {
  Filter f;
  f.ids = {rcpt};
  auto found = list(f);
  if (!found) return found.error();
  if (found->empty()) return ph::Error{ph::Kind::NotFound, "no such recipient waits"};
  return found->front();
}

ph::Result<std::vector<DestinationInfo>> Operations::summary() {
  std::vector<DestinationInfo> out;
  const auto s = queue_.reading([&](db::Database& db) -> ph::Status {
    auto found = queue::summary(db);
    if (!found) return found.error();
    out = std::move(*found);
    return {};
  });
  if (!s) return s.error();
  return out;
}

ph::Result<mail::MessageRef> Operations::message(int64_t rcpt) {
  MessageRow row;
  const auto s = queue_.reading([&](db::Database& db) -> ph::Status {
    db::Scoped q(db.cached("SELECT message FROM rcpts WHERE id=?"));
    const auto found = q->bind(1, rcpt).step();
    if (!found) return found.error();
    if (!*found) return ph::Error{ph::Kind::NotFound, "no such recipient waits"};
    auto m = messageRow(db, q->integer(0));
    if (!m) return m.error();
    row = std::move(*m);
    return {};
  });
  if (!s) return s.error();
  return queue_.spool_.message(row.envelope.id, row.offset);
}

ph::Result<size_t> Operations::hold(const Filter& filter) {
  return each(filter, [](db::Database& db, const RcptRow& r) {
    return update(db, "UPDATE rcpts SET state=? WHERE id=?", kHeld, r.id);
  });
}

ph::Result<size_t> Operations::unhold(const Filter& filter) {
  return each(filter, [](db::Database& db, const RcptRow& r) {
    return update(db, "UPDATE rcpts SET state=? WHERE id=?", kWaiting, r.id);
  });
}

ph::Result<size_t> Operations::retryNow(const Filter& filter) {
  return rescheduleAt(filter, queue_.s_.now());
}

ph::Result<size_t> Operations::rescheduleAt(const Filter& filter, int64_t unixSeconds) {
  return each(filter, [=](db::Database& db, const RcptRow& r) {
    return update(db, "UPDATE rcpts SET due=? WHERE id=?", unixSeconds, r.id);
  });
}

ph::Result<size_t> Operations::rescheduleBy(const Filter& filter, int64_t seconds) {
  return each(filter, [=](db::Database& db, const RcptRow& r) {
    return update(db, "UPDATE rcpts SET due=due+? WHERE id=?", seconds, r.id);
  });
}

ph::Result<size_t> Operations::setTransport(const Filter& filter, const std::string& name) {
  if (!name.empty() && !queue_.settings()->transports.contains(name))
    return ph::Error{ph::Kind::NotFound, "there is no transport '" + name + "'"};
  return each(filter, [&](db::Database& db, const RcptRow& r) {
    db::Scoped s(db.cached("UPDATE rcpts SET transport=? WHERE id=?"));
    return s->text(1, name).bind(2, r.id).run();
  });
}

ph::Result<size_t> Operations::setTls(const Filter& filter, Tls tls) {
  const int64_t flag = tls == Tls::Required ? PH_MAIL_REQUIRETLS : tls == Tls::Optional ? PH_MAIL_TLS_OPTIONAL : 0;
  return each(filter, [=](db::Database& db, const RcptRow& r) {
    db::Scoped s(db.cached("UPDATE messages SET flags=(flags&~?1)|?2 WHERE id=?3"));
    s->bind(1, PH_MAIL_REQUIRETLS | PH_MAIL_TLS_OPTIONAL).bind(2, flag).bind(3, r.message);
    return s->run();
  });
}

ph::Result<size_t> Operations::fail(const Filter& filter, const std::string& why) {
  struct One {
    Envelope envelope;
    RcptRow rcpt;
    Queue::Decision decision;
  };
  std::vector<One> done;
  std::vector<std::string> names;
  std::set<int64_t> owing;
  Outcome outcome;
  outcome.outcome = PH_DELIVERY_PERMANENT;
  outcome.flags = PH_ATTEMPT_LOCAL;
  outcome.enhanced = "5.7.0";
  outcome.text = why.empty() ? "an administrator gave up on this message" : why;
  const int64_t now = queue_.s_.now();
  const int64_t keepUntil = now + queue_.settings()->keepRetired;
  const auto count = each(filter, [&](db::Database& db, const RcptRow& r) -> ph::Status {
    const auto message = messageRow(db, r.message);
    if (!message) return message.error();
    const auto d = queue_.decide(*message, r, outcome);
    if (auto s = conclude(db, r, outcome, r.attempts, now, d.owed, keepUntil); !s) return s;
    auto name = buryIfOver(db, r.message);
    if (!name) return name.error();
    if (!name->empty()) names.push_back(std::move(*name));
    if (d.owed != kOwedNothing) owing.insert(r.message);
    done.push_back({message->envelope, r, d});
    return {};
  });
  if (!count) return count;
  for (const auto& name : names) queue_.buried(name);
  for (const auto& one : done) {
    kLog.info("failed by an admin", {{"txn", one.envelope.id}, {"to", one.rcpt.rcpt.forwardPath}});
    queue_.told(one.envelope, one.rcpt, one.decision);
  }
  for (const int64_t id : owing) queue_.notify(id);
  return count;
}

ph::Result<size_t> Operations::drop(const Filter& filter) {
  std::vector<std::pair<Envelope, RcptRow>> done;
  std::vector<std::string> names;
  const auto count = each(filter, [&](db::Database& db, const RcptRow& r) -> ph::Status {
    const auto message = messageRow(db, r.message);
    if (!message) return message.error();
    db::Scoped gone(db.cached("DELETE FROM rcpts WHERE id=?"));
    if (auto s = gone->bind(1, r.id).run(); !s) return s;
    auto name = buryIfOver(db, r.message);
    if (!name) return name.error();
    if (!name->empty()) names.push_back(std::move(*name));
    done.emplace_back(message->envelope, r);
    return {};
  });
  if (!count) return count;
  for (const auto& name : names) queue_.buried(name);
  for (const auto& [e, r] : done) {
    kLog.info("dropped by an admin", {{"txn", e.id}, {"to", r.rcpt.forwardPath}});
    queue_.publish("queue.canceled", e, r.rcpt.forwardPath, {}, r.rcpt.returnTo);
  }
  return count;
}

ph::Result<std::vector<RetiredInfo>> Operations::retired(const RetiredFilter& filter) {
  std::vector<RetiredInfo> out;
  const auto s = queue_.reading([&](db::Database& db) -> ph::Status {
    auto found = listRetired(db, filter);
    if (!found) return found.error();
    out = std::move(*found);
    return {};
  });
  if (!s) return s.error();
  return out;
}

ph::Result<std::vector<Suppression>> Operations::suppressions(const std::string& account, const std::string& address) {
  std::vector<Suppression> out;
  const auto s = queue_.reading([&](db::Database& db) -> ph::Status {
    auto found = queue::suppressions(db, account, address);
    if (!found) return found.error();
    out = std::move(*found);
    return {};
  });
  if (!s) return s.error();
  return out;
}

ph::Status Operations::suppress(const std::string& account, const std::string& address, const std::string& reason) {
  return queue_.changing([&](db::Database& db) -> ph::Status {
    const auto id = queue::suppress(db, {0, account, address, true, reason, queue_.s_.now()});
    if (!id) return id.error();
    if (*id == 0) return ph::Error{ph::Kind::Conflict, "this address is suppressed already"};
    ++queue_.suppressions_;
    return {};
  });
}

ph::Status Operations::unsuppress(const std::string& account, const std::string& address) {
  return queue_.changing([&](db::Database& db) { return queue::unsuppress(db, account, address); });
}

}  // namespace posthouse::queue
