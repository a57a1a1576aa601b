// What an attempt carries next. What is in flight is kept in memory alone: after a crash it is due again.
#include "log/log.hpp"
#include "queue/queue.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr size_t kPage = 64;
constexpr size_t kMostLooked = 5000;    // rows, for one of another lane or in flight
constexpr size_t kMostTogether = 1000;  // recipients of one message in one go

}  // namespace

Lane Queue::laneOf(const MessageRow& message, const RcptRow& rcpt, const Settings& settings) const {
  Lane lane;
  lane.destination = rcpt.destination;
  if (isLocal(lane.destination)) return lane;
  const auto& e = message.envelope;
  lane.transport =
      chooseTransport(settings, rcpt.transport, e.account, domainOf(e.reversePath), rcpt.destination, rcpt.attempts)
          .name;
  lane.tls = e.flags & (PH_MAIL_REQUIRETLS | PH_MAIL_TLS_OPTIONAL);
  return lane;
}

// The first that is due and not in flight; of `lane` if there is one. Those in flight stand at the front until their
// ends are on the disk: they are gone through once, not for each message.
ph::Result<std::optional<Queue::Found>> Queue::find(const std::string& destination, const Lane* lane, DueRcpt* from) {
  DueRcpt start{INT64_MIN, 0};
  if (const auto i = searched_.find(destination); !from && i != searched_.end()) start = i->second;
  DueRcpt& at = from ? *from : start;
  DueRcpt taken = start;
  bool front = true;
  const auto settings = this->settings();
  std::optional<Found> found;
  const int64_t now = s_.now();
  const auto done = ledger_->read([&](db::Database& db) -> ph::Status {
    for (size_t looked = 0; looked < kMostLooked;) {
      const auto page = dueRcpts(db, destination, now, at, kPage);
      if (!page) return page.error();
      for (const auto& due : *page) {
        at = due;
        if (inFlight_.contains(due.id)) {
          if (front) taken = due;
          continue;
        }
        front = false;
        auto row = rcptRow(db, due.id);
        if (!row && row.error().kind == ph::Kind::NotFound) continue;  // an admin was quicker
        if (!row) return row.error();
        if (row->state != kWaiting || row->due > now) continue;
        auto message = messageRow(db, row->message);
        if (!message) return message.error();
        auto its = laneOf(*message, *row, *settings);
        if (lane && its != *lane) continue;
        found = Found{std::move(*message), std::move(*row), std::move(its)};
        return {};
      }
      looked += page->size();
      if (page->size() < kPage) return {};
    }
    return {};
  });
  if (!done) {
    kLog.error("queue database not read", {{"reason", done.error().text}});
    return done.error();
  }
  if (!from && taken.id != 0) searched_[destination] = taken;
  return found;
}

// Its other recipients that go the same way now.
ph::Result<std::vector<RcptRow>> Queue::together(const Found& found) {
  const auto settings = this->settings();
  const int64_t now = s_.now();
  std::vector<RcptRow> out;
  const auto done = ledger_->read([&](db::Database& db) -> ph::Status {
    if (!found.rcpt.rcpt.returnTo.empty()) {  // its reverse-path is for it alone
      out.push_back(found.rcpt);
      return {};
    }
    const auto rows = rcptsOf(db, found.message.id);
    if (!rows) return rows.error();
    for (const auto& row : *rows) {
      if (row.state != kWaiting || row.due > now || inFlight_.contains(row.id) || out.size() >= kMostTogether) continue;
      if (laneOf(found.message, row, *settings) == found.lane) out.push_back(row);
    }
    return {};
  });
  if (!done) return done.error();
  return out;
}

std::optional<Parcel> Queue::pick(const Lane& lane) {
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (paused_) return {};
    }
    std::optional<Found> found;
    Parcel parcel;
    {
      // Nobody else reads what is due or frees what was in flight meanwhile: else a row that was just delivered could
      // be taken by who still sees it as due.
      std::lock_guard pick(pickMutex_);
      auto first = find(lane.destination, &lane);
      if (!first || !*first) return {};
      found = std::move(*first);
      auto rcpts = together(*found);
      if (!rcpts || rcpts->empty()) return {};
      parcel.message = found->message;
      parcel.rcpts = std::move(*rcpts);
      for (const auto& r : parcel.rcpts) inFlight_.insert(r.id);
    }
    const auto& e = parcel.message.envelope;
    passGate(&parcel);
    if (parcel.rcpts.empty()) continue;
    auto content = spool_.message(e.id, parcel.message.offset);
    if (content) {
      parcel.content = std::move(*content);
      return parcel;
    }
    kLog.error("spool file can't be read",
               {{"cid", std::to_string(e.connection)}, {"txn", e.id}, {"reason", content.error().text}});
    if (content.error().kind == ph::Kind::NotFound) {
      // It was refused, or removed by somebody: there is nothing to send.
      const bool dropped = ledger_->change([&](db::Database& db) { return dropMessage(db, parcel.message.id); }).ok();
      if (dropped) {
        free(parcel.rcpts);
        buried({});
        continue;
      }
    }
    giveBack(parcel.rcpts, 60, [] {});
  }
}

void Queue::free(const std::vector<RcptRow>& rcpts) {
  std::lock_guard pick(pickMutex_);
  for (const auto& r : rcpts) {
    inFlight_.erase(r.id);
    searched_.erase(r.destination);
  }
}

}  // namespace posthouse::queue
