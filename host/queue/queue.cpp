#include "queue/queue.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "queue/spool_file.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
const metrics::Counters kQueued("posthouse_queued_total", "Messages taken into the queue.");
constexpr auto kFirstRetry = std::chrono::seconds(60);
constexpr auto kLongestRetry = std::chrono::hours(1);
constexpr std::string_view kPartial = ".new";
constexpr size_t kMaxEnvelope = 16 * 1024 * 1024;
constexpr size_t kPiece = 256 * 1024;

// The spool file's first line; Invalid when there is none.
ph::Result<std::string> readEnvelopeLine(const env::File& file) {
  std::string line;
  std::string piece(64 * 1024, '\0');
  while (line.size() < kMaxEnvelope) {
    const auto n = file.read(line.size(), piece.data(), piece.size());
    if (!n) return n.error();
    const std::string_view got(piece.data(), *n);
    const size_t end = got.find('\n');
    line.append(got.substr(0, end));
    if (end != std::string_view::npos) return line;
    if (*n < piece.size()) break;
  }
  return ph::Error{ph::Kind::Invalid, "no envelope"};
}

}  // namespace

Queue::Queue(env::Env& env, std::string folder, jobs::Pool& pool, jobs::Timers& timers, LocalDelivery deliver)
    : env_(env), folder_(std::move(folder)), pool_(pool), timers_(timers), deliver_(std::move(deliver)) {}

Queue::~Queue() {
  stop();
}

void Queue::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  idle_.wait(lock, [this] { return running_ == 0; });
}

size_t Queue::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

ph::Status Queue::start() {
  if (auto s = env::ensureFolder(env_, folder_); !s) return s;
  const auto names = env_.list(folder_);
  if (!names) return names.error();
  for (const auto& id : *names) {
    if (id.ends_with(kPartial)) {
      // Never acknowledged, or a shorter copy of what is still there.
      if (auto s = env_.unlink(path(id)); !s) return s;
    } else if (auto s = load(id); !s) {
      if (s.error().kind != ph::Kind::Invalid) return s;
      kLog.error("spool file left alone", {{"file", path(id)}, {"reason", s.error().text}});
    } else {
      schedule(id, std::chrono::milliseconds(0));
    }
  }
  return {};
}

ph::Status Queue::load(const std::string& id) {
  const auto file = env_.open(path(id), env::Open::Read);
  if (!file) return file.error();
  const auto line = readEnvelopeLine(**file);
  if (!line) return line.error();
  auto envelope = decodeEnvelope(*line);
  if (!envelope) return envelope.error();
  if (envelope->id != id) return ph::Error{ph::Kind::Invalid, "it says it is " + envelope->id};
  std::lock_guard lock(mutex_);
  entries_[id] = {std::move(*envelope), line->size() + 1, 0, false};
  return {};
}

ph::Status Queue::writeSpool(const Envelope& envelope, const std::string& headers, const mail::Message& message) {
  const std::string next = path(envelope.id) + std::string(kPartial);
  auto file = env_.open(next, env::Open::Create);
  if (!file) return file.error();
  const std::string head = encodeEnvelope(envelope) + headers;
  ph::Status s = (*file)->truncate(0);
  if (s) s = (*file)->write(0, head);
  std::string piece(kPiece, '\0');
  for (uint64_t offset = 0; s;) {
    size_t n = 0;
    if (message.read(offset, piece.data(), piece.size(), &n) != PH_OK) {
      s = ph::Error{ph::Kind::Temporary, "the message could not be read"};
    } else if (n == 0) {
      break;
    } else {
      s = (*file)->write(head.size() + offset, std::string_view(piece).substr(0, n));
      offset += n;
    }
  }
  if (s) s = (*file)->sync();
  if (s) s = env_.rename(next, path(envelope.id));
  if (s) s = env_.syncFolder(folder_);
  return s;
}

ph::Status Queue::submit(Envelope envelope, const std::string& headers, const mail::Message& message) {
  const std::string id = envelope.id;
  if (auto s = writeSpool(envelope, headers, message); !s) {
    // Refused means refused: what may have reached the disk must not be delivered later.
    (void)env_.unlink(path(id) + std::string(kPartial));
    (void)env_.unlink(path(id));
    return s;
  }
  const uint64_t offset = encodeEnvelope(envelope).size();
  const int64_t holdUntil = envelope.holdUntil;
  const std::string cid = std::to_string(envelope.connection);
  {
    std::lock_guard lock(mutex_);
    entries_[id] = {std::move(envelope), offset, 0, false};
  }
  kQueued.with().add();
  if (holdUntil == 0) {
    kLog.info("queued", {{"cid", cid}, {"txn", id}});
  } else {
    kLog.info("queued, held back", {{"cid", cid}, {"txn", id}, {"until", std::to_string(holdUntil)}});
  }
  schedule(id, std::chrono::milliseconds(0));
  return {};
}

std::chrono::milliseconds Queue::holdLeft(const Envelope& envelope) {
  const auto left = std::chrono::system_clock::from_time_t(envelope.holdUntil) - std::chrono::system_clock::now();
  if (envelope.holdUntil == 0 || left.count() <= 0) return {};
  // Looked at again within the hour: the clock may be set meanwhile.
  return std::min(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(kLongestRetry));
}

void Queue::schedule(const std::string& id, std::chrono::milliseconds delay) {
  if (delay.count() > 0) {
    timers_.add(delay, {}, [this, id] { schedule(id, std::chrono::milliseconds(0)); });
    return;
  }
  {
    std::lock_guard lock(mutex_);
    const auto i = entries_.find(id);
    if (stopping_ || i == entries_.end() || i->second.busy) return;
    delay = holdLeft(i->second.envelope);
    if (delay.count() == 0) {
      i->second.busy = true;
      ++running_;
    }
  }
  if (delay.count() > 0) return schedule(id, delay);
  if (pool_.run([this, id] { attempt(id); })) return;
  {
    std::lock_guard lock(mutex_);
    entries_[id].busy = false;
  }
  schedule(id, std::chrono::seconds(1));
  std::lock_guard lock(mutex_);
  --running_;
  idle_.notify_all();
}

void Queue::attempt(const std::string& id) {
  Entry entry;
  {
    std::lock_guard lock(mutex_);
    entry = entries_[id];
  }
  const std::string cid = std::to_string(entry.envelope.connection);
  Envelope left = entry.envelope;
  left.rcpts.clear();
  auto file = env_.open(path(id), env::Open::Read);
  const auto size = file ? (*file)->size() : ph::Result<uint64_t>(file.error());
  if (!size || *size < entry.messageOffset) {
    kLog.error("spool file can't be read",
               {{"cid", cid}, {"txn", id}, {"error", size ? "too short" : size.error().text}});
    finish(id, entry.envelope, false);
    return;
  }
  const mail::MessageRef message(
      mail::newFileMessage(std::move(*file), entry.messageOffset, *size - entry.messageOffset));
  for (const auto& rcpt : entry.envelope.rcpts) {
    if (rcpt.account.empty()) {
      left.rcpts.push_back(rcpt);
      continue;
    }
    const ph::Status s = deliver_(entry.envelope, rcpt, "queue:" + id + ":" + std::to_string(rcpt.number), message);
    if (s) continue;
    kLog.warn("local delivery failed",
              {{"cid", cid}, {"txn", id}, {"to", rcpt.forwardPath}, {"reason", s.error().text}});
    left.rcpts.push_back(rcpt);
  }
  bool shrunk = false;
  if (left.rcpts.empty()) {
    // Need not be synced: after a crash the delivery keys stop a second copy.
    (void)env_.unlink(path(id));
  } else if (left.rcpts.size() < entry.envelope.rcpts.size()) {
    // Only to shorten the work after a restart; when it fails, the old file and the keys serve all the same.
    shrunk = writeSpool(left, {}, *message.get()).ok();
  }
  finish(id, std::move(left), shrunk);
}

void Queue::finish(const std::string& id, Envelope left, bool shrunk) {
  const bool local =
      std::any_of(left.rcpts.begin(), left.rcpts.end(), [](const auto& r) { return !r.account.empty(); });
  std::chrono::milliseconds delay{0};
  {
    std::lock_guard lock(mutex_);
    Entry& e = entries_[id];
    e.busy = false;
    if (left.rcpts.empty()) {
      entries_.erase(id);
    } else {
      if (shrunk) {
        e.messageOffset = encodeEnvelope(left).size();
        e.envelope = std::move(left);
      }
      if (local) {
        delay = std::min<std::chrono::milliseconds>(kFirstRetry * (1u << std::min(e.attempts, 6u)), kLongestRetry);
      } else {
        kLog.info("waiting: no transport for recipients elsewhere",
                  {{"cid", std::to_string(e.envelope.connection)}, {"txn", id}});
      }
      ++e.attempts;
    }
  }
  if (delay.count() > 0) schedule(id, delay);
  // The very last: stop() waits for this, and then we may be gone.
  std::lock_guard lock(mutex_);
  --running_;
  idle_.notify_all();
}

}  // namespace posthouse::queue
