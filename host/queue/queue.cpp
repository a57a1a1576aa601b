#include "queue/queue.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>

#include "log/log.hpp"
#include "queue/spool_file.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr auto kFirstRetry = std::chrono::seconds(60);
constexpr auto kLongestRetry = std::chrono::hours(1);
constexpr const char* kPartial = ".new";

ph::Error ioError(const std::string& what) {
  const int e = errno;
  return {e == ENOSPC || e == EDQUOT ? ph::Kind::Limit : ph::Kind::Temporary, what + ": " + std::strerror(e)};
}

ph::Status writeAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return ioError("spool");
    data.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

ph::Status syncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ioError(folder);
  const bool ok = ::fsync(fd) == 0;
  ph::Status out;
  if (!ok) out = ioError(folder);
  ::close(fd);
  return out;
}

}  // namespace

Queue::Queue(std::string folder, jobs::Pool& pool, jobs::Timers& timers, LocalDelivery deliver)
    : folder_(std::move(folder)), pool_(pool), timers_(timers), deliver_(std::move(deliver)) {}

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
  std::error_code ec;
  std::filesystem::create_directories(folder_, ec);
  if (ec) return ph::Error{ph::Kind::Temporary, folder_ + ": " + ec.message()};
  ::chmod(folder_.c_str(), 0700);
  for (const auto& file : std::filesystem::directory_iterator(folder_, ec)) {
    const std::string id = file.path().filename().string();
    if (id.ends_with(kPartial)) {
      std::filesystem::remove(file.path(), ec);  // never acknowledged
      continue;
    }
    const int fd = ::open(path(id).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ioError(path(id));
    std::string head(1 << 20, '\0');
    const ssize_t n = ::read(fd, head.data(), head.size());
    ::close(fd);
    const size_t end = n > 0 ? std::string_view(head).substr(0, static_cast<size_t>(n)).find('\n') : std::string::npos;
    auto envelope = end == std::string::npos ? ph::Result<Envelope>(ph::Error{ph::Kind::Invalid, "no envelope"})
                                             : decodeEnvelope(std::string_view(head).substr(0, end));
    if (!envelope || envelope->id != id) {
      kLog.error("spool file left alone",
                 {{"file", path(id)}, {"reason", envelope ? "wrong id" : envelope.error().text}});
      continue;
    }
    {
      std::lock_guard lock(mutex_);
      entries_[id] = {std::move(*envelope), end + 1, 0, false};
    }
    schedule(id, std::chrono::milliseconds(0));
  }
  return {};
}

ph::Status Queue::writeSpool(const Envelope& envelope, const std::function<ph::Status(int fd)>& content) {
  const std::string next = path(envelope.id) + kPartial;
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return ioError(next);
  ph::Status s = writeAll(fd, encodeEnvelope(envelope));
  if (s) s = content(fd);
  if (s && ::fsync(fd) != 0) s = ioError(next);
  ::close(fd);
  if (s && ::rename(next.c_str(), path(envelope.id).c_str()) != 0) s = ioError(path(envelope.id));
  if (s) s = syncFolder(folder_);
  if (!s) {
    // Whatever happened, an unacknowledged message must not be delivered later.
    ::unlink(next.c_str());
    ::unlink(path(envelope.id).c_str());
  }
  return s;
}

ph::Status Queue::submit(Envelope envelope, const std::string& headers, const mail::Message& message) {
  const std::string id = envelope.id;
  const ph::Status s = writeSpool(envelope, [&](int fd) -> ph::Status {
    if (auto h = writeAll(fd, headers); !h) return h;
    std::string buffer(64 * 1024, '\0');
    uint64_t offset = 0;
    for (;;) {
      size_t n = 0;
      if (message.read(offset, buffer.data(), buffer.size(), &n) != PH_OK) {
        return ph::Error{ph::Kind::Temporary, "the message could not be read"};
      }
      if (n == 0) return {};
      if (auto w = writeAll(fd, std::string_view(buffer).substr(0, n)); !w) return w;
      offset += n;
    }
  });
  if (!s) return s;
  const uint64_t offset = encodeEnvelope(envelope).size();
  {
    std::lock_guard lock(mutex_);
    entries_[id] = {std::move(envelope), offset, 0, false};
  }
  kLog.info("queued", {{"txn", id}});
  schedule(id, std::chrono::milliseconds(0));
  return {};
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
    i->second.busy = true;
    ++running_;
  }
  if (pool_.run([this, id] { attempt(id); })) return;
  {
    std::lock_guard lock(mutex_);
    entries_[id].busy = false;
    --running_;
    idle_.notify_all();
  }
  schedule(id, std::chrono::seconds(1));
}

void Queue::attempt(const std::string& id) {
  Entry entry;
  {
    std::lock_guard lock(mutex_);
    entry = entries_[id];
  }
  Envelope left = entry.envelope;
  left.rcpts.clear();
  const int fd = ::open(path(id).c_str(), O_RDONLY | O_CLOEXEC);
  struct stat st {};
  if (fd < 0 || ::fstat(fd, &st) != 0) {
    kLog.error("spool file can't be opened", {{"txn", id}, {"error", std::strerror(errno)}});
    if (fd >= 0) ::close(fd);
    finish(id, entry.envelope, false);
    return;
  }
  const mail::MessageRef message(
      mail::newFileMessage(fd, entry.messageOffset, static_cast<uint64_t>(st.st_size) - entry.messageOffset));
  for (const auto& rcpt : entry.envelope.rcpts) {
    if (rcpt.account.empty()) {
      left.rcpts.push_back(rcpt);
      continue;
    }
    const ph::Status s = deliver_(entry.envelope, rcpt, "queue:" + id + ":" + std::to_string(rcpt.number), message);
    if (s) continue;
    kLog.warn("local delivery failed", {{"txn", id}, {"to", rcpt.forwardPath}, {"reason", s.error().text}});
    left.rcpts.push_back(rcpt);
  }
  const bool changed = left.rcpts.size() != entry.envelope.rcpts.size();
  finish(id, std::move(left), changed);
}

void Queue::finish(const std::string& id, Envelope left, bool changed) {
  const bool local =
      std::any_of(left.rcpts.begin(), left.rcpts.end(), [](const auto& r) { return !r.account.empty(); });
  uint64_t offset = 0;
  if (left.rcpts.empty()) {
    // The unlink need not be synced: after a crash the delivery keys stop a second copy.
    ::unlink(path(id).c_str());
  } else if (changed) {
    // Rewritten only to shrink the work of a restart; when it fails, the keys protect us all the same.
    uint64_t messageAt = 0;
    {
      std::lock_guard lock(mutex_);
      messageAt = entries_[id].messageOffset;
    }
    const int fd = ::open(path(id).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
      const std::string next = path(id) + kPartial;
      const int out = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
      std::string buffer(64 * 1024, '\0');
      bool ok = out >= 0 && writeAll(out, encodeEnvelope(left)).ok();
      ssize_t n = 0;
      while (ok && (n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(messageAt))) > 0) {
        ok = writeAll(out, std::string_view(buffer).substr(0, static_cast<size_t>(n))).ok();
        messageAt += static_cast<uint64_t>(n);
      }
      ok = ok && n == 0 && ::fsync(out) == 0 && ::rename(next.c_str(), path(id).c_str()) == 0;
      if (ok) offset = encodeEnvelope(left).size();
      if (!ok) ::unlink(next.c_str());
      if (out >= 0) ::close(out);
      ::close(fd);
    }
  }
  std::chrono::milliseconds delay{0};
  {
    std::lock_guard lock(mutex_);
    Entry& e = entries_[id];
    e.busy = false;
    if (left.rcpts.empty()) {
      entries_.erase(id);
    } else {
      if (offset > 0) {
        e.envelope = left;
        e.messageOffset = offset;
      }
      if (local) {
        delay = std::min<std::chrono::milliseconds>(kFirstRetry * (1u << std::min(e.attempts, 6u)), kLongestRetry);
      } else {
        kLog.info("waiting: no transport for recipients elsewhere", {{"txn", id}});
      }
      ++e.attempts;
    }
    --running_;
    idle_.notify_all();
  }
  if (delay.count() > 0) schedule(id, delay);
}

}  // namespace posthouse::queue
