// What people see and change of the queue.
#include <algorithm>

#include "queue/queue.hpp"

namespace posthouse::queue {

ph::Status Queue::reading(const std::function<ph::Status(db::Database&)>& reader) {
  {
    std::lock_guard lock(mutex_);
    if (!open_) return ph::Error{ph::Kind::Temporary, "the queue is not open"};
    ++running_;  // so that the ledger stays
  }
  auto s = ledger_->read(reader);
  ended();
  return s;
}

ph::Status Queue::changing(Ledger::Change change) {
  {
    std::lock_guard lock(mutex_);
    if (!open_) return ph::Error{ph::Kind::Temporary, "the queue is not open"};
    ++running_;
  }
  auto s = ledger_->change(std::move(change));
  wake();
  ended();
  return s;
}

ph::Result<std::vector<HoldRule>> Queue::holdRules() {
  std::vector<HoldRule> out;
  const auto s = reading([&](db::Database& db) -> ph::Status {
    auto rules = queue::holdRules(db);
    if (!rules) return rules.error();
    out = std::move(*rules);
    return {};
  });
  if (!s) return s.error();
  return out;
}

ph::Result<int64_t> Queue::addHoldRule(const HoldRule& rule) {
  int64_t id = 0;
  const auto s = changing([&](db::Database& db) -> ph::Status {
    auto added = queue::addHoldRule(db, rule);
    if (!added) return added.error();
    id = *added;
    return {};
  });
  if (!s) return s.error();
  return id;
}

ph::Status Queue::removeHoldRule(int64_t id) {
  return changing([=](db::Database& db) { return queue::removeHoldRule(db, id); });
}

ph::Status Queue::release(const HoldRule& which) {
  return changing([which](db::Database& db) { return queue::release(db, which); });
}

std::string Queue::obstacle() const {
  std::lock_guard lock(mutex_);
  return !offers_.empty() ? "" : "no plugin offers the transport \"smtp\"";
}

int64_t Queue::oldest() {
  int64_t queued = 0;
  (void)reading([&](db::Database& db) -> ph::Status {
    db::Scoped s(db.cached("SELECT queued FROM messages ORDER BY id LIMIT 1"));
    const auto row = s->step();
    if (row && *row) queued = s->integer(0);
    return row ? ph::Status{} : row.error();
  });
  return queued == 0 ? 0 : std::max<int64_t>(0, s_.now() - queued);
}

ph::Result<std::vector<RcptInfo>> Queue::list(int64_t after, size_t max) {
  std::vector<RcptInfo> out;
  const auto why = obstacle();
  const auto done = reading([&](db::Database& db) -> ph::Status {
    db::Scoped s(db.cached(
        "SELECT r.id,m.name,m.account,m.reverse_path,r.forward_path,r.destination,m.queued,r.due,m.size,r.attempts,"
        "r.state,r.text FROM rcpts r JOIN messages m ON m.id=r.message WHERE r.id>? ORDER BY r.id LIMIT ?"));
    s->bind(1, after).bind(2, static_cast<int64_t>(max));
    for (;;) {
      const auto row = s->step();
      if (!row) return row.error();
      if (!*row) return {};
      RcptInfo i{s->integer(0),
                 std::string(s->bytes(1)),
                 std::string(s->bytes(2)),
                 std::string(s->bytes(3)),
                 std::string(s->bytes(4)),
                 std::string(s->bytes(5)),
                 s->integer(6),
                 s->integer(7),
                 s->integer(8),
                 static_cast<int>(s->integer(9)),
                 s->integer(10) == kHeld,
                 std::string(s->bytes(11))};
      if (i.held) {
        i.reason = "held by an admin's rule";
      } else if (!isLocal(i.destination) && !why.empty()) {
        i.reason = why;
      }
      out.push_back(std::move(i));
    }
  });
  if (!done) return done.error();
  return out;
}

}  // namespace posthouse::queue
