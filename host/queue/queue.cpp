#include "queue/queue.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "queue/carriers.hpp"
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
    s_.timers.cancel(soon_);
    alarm_ = soon_ = 0;
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

// Mail that is neither of an account nor of our own making only passes through: signing is not ours to do.
ph::Status Queue::sign(const Envelope& envelope, std::string& headers, const mail::Message& message) const {
  if (!s_.sign || (envelope.account.empty() && !envelope.own && !envelope.notification)) return {};
  auto fields = s_.sign(envelope, headers, message);
  if (!fields) return fields.error();
  headers.insert(0, *fields);
  return {};
}

ph::Status Queue::submit(Envelope envelope, std::string headers, const mail::Message& message) {
  if (envelope.queuedAt == 0) envelope.queuedAt = s_.now();
  std::shared_ptr<const Settings> settings;
  {
    std::lock_guard lock(mutex_);
    if (!open_) return ph::Error{ph::Kind::Temporary, "the queue is not open"};
    settings = settings_;
    ++running_;   // so that the ledger stays
    ++messages_;  // it may be over before we are
  }
  ph::Status s = sign(envelope, headers, message);
  if (s) s = spool_.write(envelope, headers, message);
  if (s) {
    const uint64_t offset = encodeEnvelope(envelope).size();
    s = ledger_->change([&](db::Database& db) -> ph::Status {
      if (!envelope.account.empty()) {
        const auto own = settings->accountLimits.find(envelope.account);
        const auto& limits = own == settings->accountLimits.end() ? settings->limits : own->second;
        if (auto counted = countSubmission(db, envelope, limits, envelope.queuedAt); !counted) return counted;
      }
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
    if (s.error().kind == ph::Kind::Quota)
      kLog.warn("over a limit of the account", {{"cid", std::to_string(envelope.connection)},
                                                {"txn", envelope.id},
                                                {"account", envelope.account},
                                                {"reason", s.error().text}});
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
                        [&](const auto& a) { return a.second->carrier().owner == owner; }) &&
           std::none_of(lost_.begin(), lost_.end(),
                        [&](const auto& a) { return a->carrier().owner == owner && !a->returned(); });
  });
}

}  // namespace posthouse::queue
