#include "queue/ledger.hpp"

#include <pthread.h>

#include <future>

#include "log/log.hpp"
#include "queue/schema.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr size_t kMaxBatch = 500;

}  // namespace

Ledger::Ledger(env::Env& env, std::string file) : vfs_(env), file_(std::move(file)) {}

Ledger::~Ledger() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

ph::Result<std::unique_ptr<db::Database>> Ledger::connect(bool readOnly) {
  db::OpenOptions options;
  options.create = !readOnly;
  options.readOnly = readOnly;
  options.application = kApplicationId;
  options.version = kSchemaVersion;
  auto db = db::Database::open(vfs_, file_, options);
  if (!db || readOnly) return db;
  if (auto s = makeTables(**db); !s) return s.error();
  return db;
}

ph::Status Ledger::open() {
  auto writer = connect(false);
  if (!writer) return writer.error();
  writer_ = std::move(*writer);
  auto reader = connect(true);
  if (!reader) return reader.error();
  reader_ = std::move(*reader);
  thread_ = std::thread([this] { work(); });
  return {};
}

ph::Status Ledger::change(Change change) {
  std::promise<ph::Status> result;
  post(std::move(change), [&result](const ph::Status& s) { result.set_value(s); });
  return result.get_future().get();
}

void Ledger::post(Change change, Done done) {
  std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(change), std::move(done), {}});
  wake_.notify_one();  // with the lock: once it is done, the ledger may go
}

ph::Status Ledger::read(const std::function<ph::Status(db::Database&)>& reader) {
  std::lock_guard lock(readMutex_);
  if (!reader_) {
    auto opened = connect(true);
    if (!opened) return opened.error();
    reader_ = std::move(*opened);
  }
  auto s = reader(*reader_);
  if (!s && s.error().kind != ph::Kind::NotFound) reader_.reset();
  return s;
}

void Ledger::work() {
  pthread_setname_np(pthread_self(), "queue.db");
  for (;;) {
    std::vector<Waiting> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      while (!waiting_.empty() && batch.size() < kMaxBatch) {
        batch.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    commit(batch);
    for (auto& w : batch) w.done(w.status);
  }
}

void Ledger::commit(std::vector<Waiting>& batch) {
  ph::Status s;
  if (!writer_) {
    auto opened = connect(false);
    if (opened) {
      writer_ = std::move(*opened);
      kLog.info("queue database opened anew", {{"file", file_}});
    } else {
      s = opened.error();
    }
  }
  if (s) s = transact(batch);
  if (s) return;
  kLog.error("queue database not written", {{"reason", s.error().text}});
  // What SQLite has in memory and what is on disk may differ now.
  writer_.reset();
  for (auto& w : batch) w.status = s;
}

ph::Status Ledger::transact(std::vector<Waiting>& batch) {
  auto& db = *writer_;
  if (auto s = db::Scoped(db.cached("BEGIN IMMEDIATE"))->run(); !s) return s;
  for (auto& w : batch) {
    if (auto s = db::Scoped(db.cached("SAVEPOINT change"))->run(); !s) return s;
    w.status = w.change(db);
    if (!db.inTransaction()) return w.status ? ph::Error{ph::Kind::Bug, "transaction lost"} : w.status.error();
    if (!w.status) {
      if (auto s = db::Scoped(db.cached("ROLLBACK TO change"))->run(); !s) return s;
    }
    if (auto s = db::Scoped(db.cached("RELEASE change"))->run(); !s) return s;
  }
  return db::Scoped(db.cached("COMMIT"))->run();
}

}  // namespace posthouse::queue
