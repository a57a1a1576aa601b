#include "events/event_log.hpp"

#include <pthread.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>

#include "log/log.hpp"

namespace posthouse::events {
namespace {

const log::Log kLog("events");
constexpr int kApplicationId = 0x50484556;  // "PHEV"
constexpr int kVersion = 1;
constexpr auto kBatchTime = std::chrono::milliseconds(200);
constexpr size_t kMaxPending = 100000;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS events(seq INTEGER PRIMARY KEY AUTOINCREMENT, wall_ms INTEGER NOT NULL, name TEXT NOT "
    "NULL,"
    " account TEXT NOT NULL, data TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS cursors(owner TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL,"
    " PRIMARY KEY(owner, name)) STRICT, WITHOUT ROWID;";

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &s_, nullptr); }
  ~Statement() { sqlite3_finalize(s_); }
  Statement& bind(int i, std::string_view text) {
    sqlite3_bind_text(s_, i, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& bind(int i, int64_t n) {
    sqlite3_bind_int64(s_, i, n);
    return *this;
  }
  int step() { return s_ ? sqlite3_step(s_) : SQLITE_ERROR; }
  void reset() { sqlite3_reset(s_); }
  int64_t number(int i) { return sqlite3_column_int64(s_, i); }
  std::string text(int i) {
    const auto* p = reinterpret_cast<const char*>(sqlite3_column_text(s_, i));
    return p ? std::string(p, static_cast<size_t>(sqlite3_column_bytes(s_, i))) : std::string();
  }

 private:
  sqlite3_stmt* s_ = nullptr;
};

bool exec(sqlite3* db, const std::string& sql) {
  return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

}  // namespace

ph::Result<std::unique_ptr<EventLog>> EventLog::open(const std::string& file, uint64_t keep) {
  sqlite3* db = nullptr;
  auto failed = [&](const std::string& what) {
    const std::string reason = db ? sqlite3_errmsg(db) : "out of memory";
    sqlite3_close(db);
    return ph::Error{ph::Kind::Temporary, file + ": " + what + ": " + reason};
  };
  if (sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr) !=
      SQLITE_OK) {
    return failed("open");
  }
  sqlite3_busy_timeout(db, 5000);
  exec(db, "PRAGMA journal_mode=WAL");
  exec(db, "PRAGMA synchronous=FULL");
  int64_t version = 0;
  {
    Statement s(db, "PRAGMA user_version");
    if (s.step() != SQLITE_ROW) return failed("read");
    version = s.number(0);
  }
  if (version > kVersion) return failed("made by a newer version of this program");
  if (!exec(db, kSchema) || !exec(db, "PRAGMA application_id=" + std::to_string(kApplicationId)) ||
      !exec(db, "PRAGMA user_version=" + std::to_string(kVersion))) {
    return failed("schema");
  }
  uint64_t last = 0;
  {
    Statement s(db, "SELECT seq FROM sqlite_sequence WHERE name='events'");
    if (s.step() == SQLITE_ROW) last = static_cast<uint64_t>(s.number(0));
  }
  auto journal = Journal::open(env::posix(), file + ".journal");
  if (!journal) return failed(journal.error().text);
  auto left = journal->left();
  if (!left) return failed(left.error().text);
  std::erase_if(*left, [last](const Event& e) { return e.seq <= last; });
  std::unique_ptr<EventLog> log(new EventLog(db, std::move(*journal), keep, last, std::move(*left)));
  log->flush();
  return log;
}

EventLog::EventLog(sqlite3* db, Journal journal, uint64_t keep, uint64_t last, std::vector<Event> left)
    : db_(db),
      keep_(keep),
      pending_(std::move(left)),
      journal_(std::move(journal)),
      last_(pending_.empty() ? last : pending_.back().seq),
      durable_(last) {
  journal_.removeUpTo(durable_);
  thread_ = std::thread([this] { work(); });
}

EventLog::~EventLog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  sqlite3_close(db_);
}

ph::Status EventLog::publish(std::string_view name, std::string_view account, std::string_view data) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::lock_guard lock(mutex_);
  if (pending_.size() >= kMaxPending) {
    kLog.error("event dropped: the log can't be written", {{"event", name}});
    return ph::Error{ph::Kind::Temporary, "the event log can't be written"};
  }
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  pending_.push_back({++last_, ms, std::string(name), std::string(account), std::string(data)});
  // Without the journal it is as safe as the next batch; the disk that fails here fails there too and is told there.
  if (const auto s = journal_.add(pending_.back()); !s)
    kLog.warn("event not in the journal", {{"reason", s.error().text}});
  if (pending_.size() == 1) wake_.notify_one();
  return {};
}

void EventLog::work() {
  pthread_setname_np(pthread_self(), "events");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
    if (pending_.empty() && stopping_) return;
    // Wait a moment for company: one sync serves all.
    if (!stopping_ && !hurry_) wake_.wait_for(lock, kBatchTime, [this] { return stopping_ || hurry_; });
    const std::vector<Event> batch = pending_;
    lock.unlock();
    const bool ok = writeBatch(batch);
    if (!ok) std::this_thread::sleep_for(kBatchTime);
    lock.lock();
    if (ok) {
      pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(batch.size()));
      durable_ = batch.back().seq;
      journal_.removeUpTo(durable_);
      hurry_ = false;
      written_.notify_all();
      lock.unlock();
      {
        std::lock_guard subscribers(subscribersMutex_);
        for (const auto& [id, fn] : subscribers_) fn(batch.back().seq);
      }
      lock.lock();
    } else if (stopping_) {
      return;  // the disk is gone; nothing more can be done
    }
  }
}

bool EventLog::writeBatch(const std::vector<Event>& batch) {
  std::lock_guard lock(dbMutex_);
  if (!exec(db_, "BEGIN IMMEDIATE")) {
    kLog.error("the event log can't be written", {{"error", sqlite3_errmsg(db_)}});
    return false;
  }
  bool ok = true;
  {
    Statement s(db_, "INSERT INTO events(seq, wall_ms, name, account, data) VALUES(?,?,?,?,?)");
    for (const auto& e : batch) {
      s.bind(1, static_cast<int64_t>(e.seq)).bind(2, e.wallMs).bind(3, e.name).bind(4, e.account).bind(5, e.data);
      ok = ok && s.step() == SQLITE_DONE;
      s.reset();
    }
    const uint64_t last = batch.back().seq;
    if (last > keep_) {
      Statement drop(db_, "DELETE FROM events WHERE seq<=?");
      drop.bind(1, static_cast<int64_t>(last - keep_));
      ok = ok && drop.step() == SQLITE_DONE;
    }
  }
  if (ok && exec(db_, "COMMIT")) return true;
  kLog.error("the event log can't be written", {{"error", sqlite3_errmsg(db_)}});
  exec(db_, "ROLLBACK");
  return false;
}

uint64_t EventLog::subscribe(std::function<void(uint64_t)> fn) {
  std::lock_guard lock(subscribersMutex_);
  subscribers_.emplace(nextSubscriber_, std::move(fn));
  return nextSubscriber_++;
}

void EventLog::unsubscribe(uint64_t id) {
  std::lock_guard lock(subscribersMutex_);
  subscribers_.erase(id);
}

ph::Result<std::vector<Event>> EventLog::read(uint64_t after, size_t max, uint64_t* first) {
  std::lock_guard lock(dbMutex_);
  *first = 0;
  {
    Statement s(db_, "SELECT min(seq), max(seq) FROM events");
    if (s.step() != SQLITE_ROW) return ph::Error{ph::Kind::Temporary, sqlite3_errmsg(db_)};
    *first = static_cast<uint64_t>(s.number(0));
  }
  if (*first > 0 && after + 1 < *first && after != 0) return ph::Error{ph::Kind::Conflict, "those events were dropped"};
  std::vector<Event> out;
  Statement s(db_, "SELECT seq, wall_ms, name, account, data FROM events WHERE seq>? ORDER BY seq LIMIT ?");
  s.bind(1, static_cast<int64_t>(after)).bind(2, static_cast<int64_t>(std::min<size_t>(max, 10000)));
  int rc = 0;
  while ((rc = s.step()) == SQLITE_ROW) {
    out.push_back({static_cast<uint64_t>(s.number(0)), s.number(1), s.text(2), s.text(3), s.text(4)});
  }
  if (rc != SQLITE_DONE) return ph::Error{ph::Kind::Temporary, sqlite3_errmsg(db_)};
  return out;
}

ph::Result<uint64_t> EventLog::cursor(const std::string& owner, std::string_view name) {
  std::lock_guard lock(dbMutex_);
  Statement s(db_, "SELECT seq FROM cursors WHERE owner=? AND name=?");
  s.bind(1, owner).bind(2, name);
  const int rc = s.step();
  if (rc == SQLITE_ROW) return static_cast<uint64_t>(s.number(0));
  if (rc == SQLITE_DONE) return uint64_t{0};
  return ph::Error{ph::Kind::Temporary, sqlite3_errmsg(db_)};
}

ph::Status EventLog::setCursor(const std::string& owner, std::string_view name, uint64_t seq) {
  std::lock_guard lock(dbMutex_);
  Statement s(db_, "INSERT INTO cursors VALUES(?,?,?) ON CONFLICT(owner, name) DO UPDATE SET seq=excluded.seq");
  s.bind(1, owner).bind(2, name).bind(3, static_cast<int64_t>(seq));
  if (s.step() == SQLITE_DONE) return {};
  return ph::Error{ph::Kind::Temporary, sqlite3_errmsg(db_)};
}

uint64_t EventLog::last() {
  std::lock_guard lock(mutex_);
  return durable_;
}

void EventLog::flush() {
  std::unique_lock lock(mutex_);
  hurry_ = true;
  wake_.notify_all();
  const uint64_t target = last_;
  written_.wait_for(lock, std::chrono::seconds(10), [&] { return durable_ >= target; });
}

}  // namespace posthouse::events
