// Notifications: what a sender is told, queued as mail from <>. RFC 3461 5, 6; RFC 3464; RFC 6533.
//
// Exactly once: the rows of a notification are committed together with the end of what it tells about. Its spool file
// comes before; without rows it counts for nothing.
#include <algorithm>
#include <ctime>
#include <utility>

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "ph/dsn/report.hpp"
#include "ph/header/block.hpp"
#include "queue/queue.hpp"
#include "queue/retry.hpp"
#include "queue/spool_file.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
const metrics::Counters kNotifications("posthouse_notifications_total", "Delivery status notifications, by recipient.",
                                       {"action"});
constexpr size_t kMaxHeader = 64 * 1024;
constexpr size_t kMaxReturned = 1024 * 1024;  // RET=FULL is followed up to here
constexpr size_t kSweep = 100;

struct What {
  ph::dsn::Action action;
  const char* name;
  const char* status;  // when the outcome has none
};

What whatOf(int owed) {
  using ph::dsn::Action;
  switch (owed) {
    case kOwedFailed:
      return {Action::Failed, "failed", "5.0.0"};
    case kOwedDelayed:
      return {Action::Delayed, "delayed", "4.0.0"};
    case kOwedRelayed:
      return {Action::Relayed, "relayed", "2.0.0"};
    default:
      return {Action::Delivered, "delivered", "2.0.0"};
  }
}

std::string diagnostic(const Outcome& o) {
  if (o.code == 0) return o.text;
  const std::string code = std::to_string(o.code);
  return o.text.starts_with(code) ? o.text : code + (o.enhanced.empty() ? " " : " " + o.enhanced + " ") + o.text;
}

int zoneMinutes(int64_t seconds) {
  const auto t = static_cast<time_t>(seconds);
  tm local{};
  return localtime_r(&t, &local) ? static_cast<int>(local.tm_gmtoff / 60) : 0;
}

std::string beginning(const mail::MessageRef& message, size_t max) {
  std::string out(std::min<size_t>(message ? message->length() : 0, max), '\0');
  size_t done = 0;
  while (done < out.size()) {
    size_t n = 0;
    if (message->read(done, out.data() + done, out.size() - done, &n) != PH_OK || n == 0) break;
    done += n;
  }
  out.resize(done);
  return out;
}

// A composed notification, as the spool wants it.
class TextMessage final : public mail::Message {
 public:
  explicit TextMessage(std::string text) : text_(std::move(text)) {}
  uint64_t length() const override { return text_.size(); }
  ph_status read(uint64_t offset, void* buffer, size_t size, size_t* out) const override {
    *out = offset < text_.size() ? text_.copy(static_cast<char*>(buffer), size, offset) : 0;
    return PH_OK;
  }
  bool view(size_t, std::string_view* out) const override {
    *out = text_;
    return true;
  }

 private:
  const std::string text_;
};

}  // namespace

void Queue::notify(int64_t message) {
  {
    std::lock_guard lock(mutex_);
    const auto [telling, fresh] = telling_.emplace(message, false);
    if (!fresh) {
      telling->second = true;
      return;
    }
  }
  if (started([this, message] { tell(message); }, s_.diskPool)) return;
  std::lock_guard lock(mutex_);
  telling_.erase(message);  // the next start or sweep makes it
}

void Queue::tell(int64_t message) {
  for (;;) {
    const auto s = makeNotification(message);
    if (!s) kLog.error("notification not made, tried again later", {{"reason", s.error().text}});
    std::lock_guard lock(mutex_);
    const auto telling = telling_.find(message);
    // Something more was owed while it was made.
    if (s && std::exchange(telling->second, false)) continue;
    telling_.erase(telling);
    break;
  }
  wake();
}

ph::Status Queue::makeNotification(int64_t message) {
  MessageRow about;
  std::vector<RcptRow> rows;
  auto s = ledger_->read([&](db::Database& db) -> ph::Status {
    auto m = messageRow(db, message);
    if (!m) return m.error();
    about = std::move(*m);
    auto all = rcptsOf(db, message);
    if (!all) return all.error();
    std::copy_if(all->begin(), all->end(), std::back_inserter(rows), [](const auto& r) { return r.owed != 0; });
    return {};
  });
  if (!s) return s.error().kind == ph::Kind::NotFound ? ph::Status{} : s;
  if (rows.empty()) return {};

  const auto& e = about.envelope;
  const auto settings = this->settings();
  const int64_t now = s_.now();
  Envelope envelope;
  envelope.id = e.id + "." + std::to_string(about.told);
  envelope.connection = e.connection;
  envelope.queuedAt = now;
  envelope.notification = true;
  envelope.priority = e.priority;                 // RFC 6710 4.6
  envelope.flags = e.flags & PH_MAIL_REQUIRETLS;  // RFC 8689 5
  const auto to = s_.resolve(e.reversePath);
  for (const auto& account : to.accounts)
    envelope.rcpts.push_back({e.reversePath, account, static_cast<uint32_t>(envelope.rcpts.size()), 0, {}});
  if (!to.local) envelope.rcpts.push_back({e.reversePath, {}, 0, PH_NOTIFY_GIVEN | PH_NOTIFY_NEVER, {}});

  bool made = !envelope.rcpts.empty();
  uint64_t size = 0;
  if (made) {
    const auto content = spool_.message(e.id, about.offset);
    const mail::MessageRef original = content ? *content : mail::MessageRef();
    const bool failed = std::any_of(rows.begin(), rows.end(), [](const auto& r) { return r.owed == kOwedFailed; });
    // RFC 8689 5: no content of what had to be protected. RFC 3461 4.3: only with a failure, and what is not made for
    // DATA is not made for a part either.
    const bool full = failed && e.ret == PH_RET_FULL && !(e.flags & PH_MAIL_REQUIRETLS) && about.size <= kMaxReturned &&
                      !(e.flags & PH_MAIL_BINARYMIME);
    const std::string text = beginning(original, full ? kMaxReturned : kMaxHeader);
    ph::dsn::Report r;
    r.hostname = settings->hostname;
    r.sender = e.reversePath;
    r.messageId = "<" + envelope.id + "@" + settings->hostname + ">";
    r.boundary = "=_" + std::to_string(s_.random(1'000'000'000)) + std::to_string(s_.random(1'000'000'000)) + "=";
    r.envelopeId = e.envid;
    r.now = {now, zoneMinutes(now)};
    r.arrival = {e.queuedAt, zoneMinutes(e.queuedAt)};
    r.deliverBy = e.deliverBy;
    r.header = text;
    if (full) r.whole = text;
    for (const auto& row : rows) {
      const auto what = whatOf(row.owed);
      ph::dsn::Recipient x;
      x.address = row.rcpt.forwardPath;
      x.original = row.rcpt.orcpt;
      x.action = what.action;
      x.status = row.outcome.enhanced.empty() ? what.status : row.outcome.enhanced;
      x.diagnostic = diagnostic(row.outcome);
      x.ownWords = row.outcome.code == 0 || row.outcome.host.empty();
      x.remoteMta = row.outcome.host;
      x.lastAttempt = row.last;
      if (row.owed == kOwedDelayed)
        x.retryUntil = e.byMode == 'R' ? e.deliverBy : row.last + retriesLeft(row.attempts, settings->maxAttempts);
      r.recipients.push_back(std::move(x));
    }
    auto composed = ph::dsn::compose(r);
    if (!composed) {
      kLog.error("notification can't be composed", {{"txn", e.id}, {"reason", composed.error().text}});
      made = false;
    } else {
      if (composed->smtpUtf8) envelope.flags |= PH_MAIL_SMTPUTF8;
      if (composed->eightBit) envelope.flags |= PH_MAIL_8BITMIME;
      const mail::MessageRef body(new TextMessage(std::move(composed->message)));
      std::string headers;
      if (s = sign(envelope, headers, *body.get()); !s) return s;
      size = headers.size() + body->length();
      if (s = spool_.write(envelope, headers, *body.get(), true); !s) return s;
    }
  }
  std::vector<std::pair<int64_t, int>> told;
  for (const auto& row : rows) told.emplace_back(row.id, row.owed);
  const uint64_t offset = encodeEnvelope(envelope).size();
  std::string over;
  if (made) {
    std::lock_guard lock(mutex_);
    ++messages_;
  }
  s = ledger_->change([&](db::Database& db) -> ph::Status {
    const auto current = messageRow(db, message);
    if (!current) return current.error();
    if (current->told != about.told) return ph::Error{ph::Kind::Conflict, "it is made already"};
    if (made) {
      if (auto id = insertMessage(db, envelope, offset, size, kWaiting); !id) return id.error();
    }
    if (auto done = settleOwed(db, message, told, now, now + settings->keepRetired); !done) return done;
    auto name = buryIfOver(db, message);
    if (!name) return name.error();
    over = std::move(*name);
    return {};
  });
  if (!s) {
    std::lock_guard lock(mutex_);
    if (made) --messages_;
    return s;
  }
  for (const auto& row : rows) {
    const auto what = whatOf(row.owed);
    if (made) kNotifications.with({what.name}).add();
    kLog.info(made ? "sender is told" : "nobody to tell", {{"txn", e.id},
                                                           {"action", what.name},
                                                           {"about", row.rcpt.forwardPath},
                                                           {"to", e.reversePath},
                                                           {"notification", envelope.id}});
  }
  if (!over.empty()) buried(over);
  return {};
}

// What an error or a crash left undone, and what has grown old.
void Queue::sweep() {
  watch();
  std::vector<int64_t> owed;
  (void)ledger_->read([&](db::Database& db) -> ph::Status {
    auto found = owing(db, kSweep);
    if (!found) return found.error();
    owed = std::move(*found);
    return {};
  });
  for (const int64_t id : owed) {
    {
      std::lock_guard lock(mutex_);
      if (paused_) return;
    }
    notify(id);
  }
  if (const auto s = clearTombs(); !s) kLog.warn("removed spool files not settled", {{"reason", s.error().text}});
  const int64_t now = s_.now();
  constexpr int64_t kKeepHint = 7 * 86400;
  ledger_->post(
      [=](db::Database& db) -> ph::Status {
        if (auto s = forgetSubmissions(db, now); !s) return s;
        db::Scoped old(db.cached("DELETE FROM retired WHERE keep_until<=?"));
        if (auto s = old->bind(1, now).run(); !s) return s;
        db::Scoped hints(db.cached("DELETE FROM destinations WHERE due IS NULL AND hinted<?"));
        return hints->bind(1, now - kKeepHint).run();
      },
      [](const ph::Status&) {});
}

}  // namespace posthouse::queue
