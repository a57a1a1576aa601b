// What people see and change of the queue.
#include <algorithm>

#include "queue/operations.hpp"
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
  Filter filter;
  filter.after = after;
  filter.max = max;
  return Operations(*this).list(filter);
}

}  // namespace posthouse::queue
