#include "queue/queue.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "queue/carriers.hpp"
#include "queue/hold.hpp"
#include "queue/spool_file.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
const metrics::Counters kQueued("posthouse_queued_total", "Messages taken into the queue.");
constexpr auto kSweep = std::chrono::seconds(60);

}  // namespace

Queue::Queue(Surroundings surroundings, Settings settings)
    : s_(std::move(surroundings)),
      spool_(s_.env, s_.folder),
      settings_(std::make_shared<const Settings>(std::move(settings))),
      local_(newLocalCarrier(s_.deliver)) {}

Queue::~Queue() {
  stop(std::chrono::hours(1));
}

void Queue::setSettings(Settings settings) {
  {
    std::lock_guard lock(mutex_);
    settings_ = std::make_shared<const Settings>(std::move(settings));
  }
  wake();
}

std::shared_ptr<const Settings> Queue::settings() const {
  std::lock_guard lock(mutex_);
  return settings_;
}

ph::Status Queue::start() {
  if (auto s = takeStock(); !s) {
    ledger_.reset();
    return s;
  }
  {
    std::lock_guard lock(mutex_);
    open_ = true;
  }
  sweeper_ = s_.timers.add(kSweep, kSweep, [this] { sweepNow(); });
  sweepNow();
  return {};
}

void Queue::sweepNow() {
  (void)started([this] { sweep(); }, s_.diskPool);
  wake();
}

void Queue::pause() {
  std::lock_guard lock(mutex_);
  paused_ = true;
}

bool Queue::stop(std::chrono::milliseconds patience) {
  std::vector<std::shared_ptr<Attempt>> attempts;
  {
    std::lock_guard lock(mutex_);
    paused_ = true;
    for (auto& [key, a] : active_) attempts.push_back(a);
  }
  s_.timers.cancel(sweeper_);
  for (const auto& a : attempts) a->cancel();
  attempts.clear();
  bool ended = false;
  {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return localActive_ == 0 && running_ == 0; });
    ended = idle_.wait_for(lock, patience, [this] { return active_.empty() && running_ == 0; });
    s_.timers.cancel(alarm_);
    alarm_ = 0;
    if (ended) open_ = false;
  }
  if (ended) {
    ledger_.reset();
  } else {
    kLog.warn("attempts have not ended", {{"count", std::to_string(active_.size())}});
  }
  return ended;
}

bool Queue::rest(std::chrono::milliseconds patience) {
  wake();
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, patience, [this] { return running_ == 0 && active_.empty() && !wanted_; });
}

size_t Queue::size() const {
  std::lock_guard lock(mutex_);
  return messages_;
}

ph::Status Queue::submit(Envelope envelope, const std::string& headers, const mail::Message& message) {
  if (envelope.queuedAt == 0) envelope.queuedAt = s_.now();
  {
    std::lock_guard lock(mutex_);
    if (!open_) return ph::Error{ph::Kind::Temporary, "the queue is not open"};
    ++running_;   // so that the ledger stays
    ++messages_;  // it may be over before we are
  }
  ph::Status s = spool_.write(envelope, headers, message);
  if (s) {
    const uint64_t offset = encodeEnvelope(envelope).size();
    s = ledger_->change([&](db::Database& db) -> ph::Status {
      const auto held = heldByRule(db, envelope);
      if (!held) return held.error();
      const auto id = insertMessage(db, envelope, offset, headers.size() + message.length(), *held ? kHeld : kWaiting);
      return id ? ph::Status{} : id.error();
    });
    // Refused means refused. Rows that were written all the same go when their file is missed.
    if (!s) (void)spool_.remove(envelope.id);
  }
  if (s) {
    kQueued.with().add();
    const std::string cid = std::to_string(envelope.connection);
    if (envelope.holdUntil == 0) {
      kLog.info("queued", {{"cid", cid}, {"txn", envelope.id}});
    } else {
      kLog.info("queued, held back",
                {{"cid", cid}, {"txn", envelope.id}, {"until", std::to_string(envelope.holdUntil)}});
    }
  } else {
    std::lock_guard lock(mutex_);
    --messages_;
  }
  wake();
  ended();
  return s;
}

ph::Status Queue::offer(const void* owner, const std::string& name, std::shared_ptr<Carrier> carrier) {
  carrier->owner = owner;
  {
    std::lock_guard lock(mutex_);
    if (!offers_.emplace(name, std::move(carrier)).second)
      return ph::Error{ph::Kind::Conflict, "the transport '" + name + "' is offered already"};
  }
  wake();
  return {};
}

bool Queue::withdraw(const void* owner, std::chrono::milliseconds patience) {
  std::vector<std::shared_ptr<Attempt>> attempts;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(offers_, [&](const auto& o) { return o.second->owner == owner; });
    for (auto& [key, a] : active_) {
      if (a->carrier().owner == owner) attempts.push_back(a);
    }
  }
  for (const auto& a : attempts) a->cancel();
  attempts.clear();
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, patience, [&] {
    return std::none_of(active_.begin(), active_.end(),
                        [&](const auto& a) { return a.second->carrier().owner == owner; });
  });
}

std::string Queue::obstacle() const {
  std::lock_guard lock(mutex_);
  return !offers_.empty() ? "" : "no plugin offers the transport \"smtp\"";
}

int64_t Queue::oldest() {
  int64_t queued = 0;
  {
    std::lock_guard lock(mutex_);
    if (!open_) return 0;
    ++running_;
  }
  (void)ledger_->read([&](db::Database& db) -> ph::Status {
    db::Scoped s(db.cached("SELECT queued FROM messages ORDER BY id LIMIT 1"));
    const auto row = s->step();
    if (row && *row) queued = s->integer(0);
    return row ? ph::Status{} : row.error();
  });
  ended();
  return queued == 0 ? 0 : std::max<int64_t>(0, s_.now() - queued);
}

ph::Result<std::vector<RcptInfo>> Queue::list(int64_t after, size_t max) {
  std::vector<RcptInfo> out;
  {
    std::lock_guard lock(mutex_);
    if (!open_) return ph::Error{ph::Kind::Temporary, "the queue is not open"};
    ++running_;
  }
  const auto why = obstacle();
  const auto done = ledger_->read([&](db::Database& db) -> ph::Status {
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
  ended();
  if (!done) return done.error();
  return out;
}

}  // namespace posthouse::queue
