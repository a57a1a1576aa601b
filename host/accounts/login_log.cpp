#include "accounts/login_log.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <pthread.h>

#include <chrono>
#include <ctime>
#include <filesystem>

#include "log/log.hpp"

namespace posthouse::accounts {
namespace {

using namespace Poco::Data::Keywords;
const log::Log kLog("logins");
constexpr auto kBatchTime = std::chrono::seconds(1);
constexpr size_t kMaxPending = 10'000;
constexpr int64_t kKeepSeconds = 30 * 86400;
constexpr int kMaxFailed = 10'000;
constexpr size_t kMaxText = 256;

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS attempts(
  account TEXT NOT NULL, user TEXT NOT NULL, remote TEXT NOT NULL, local TEXT NOT NULL, protocol TEXT NOT NULL,
  mechanism TEXT NOT NULL, result TEXT NOT NULL, tls TEXT NOT NULL, fingerprint TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
  UNIQUE(account, user, remote, local, protocol, mechanism, result, tls, fingerprint)))sql";
constexpr const char* kByTime = "CREATE INDEX IF NOT EXISTS attempts_last ON attempts(account, last)";
constexpr const char* kInsert = R"sql(
INSERT INTO attempts VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT DO UPDATE SET last=max(last,excluded.last), count=count+excluded.count)sql";
constexpr const char* kTooMany = R"sql(
DELETE FROM attempts WHERE rowid IN (SELECT rowid FROM attempts WHERE account=? AND result<>'ok'
  ORDER BY last DESC, rowid DESC LIMIT -1 OFFSET ?))sql";

// SQLite gives text up to the first NUL back: what clients send is cut there, and at a sensible length.
std::string tidy(const std::string& text) {
  return text.substr(0, std::min(kMaxText, text.find('\0')));
}

}  // namespace

struct LoginLog::Database {
  Poco::Data::Session session;
};

ph::Result<std::unique_ptr<LoginLog>> LoginLog::open(const std::string& file) {
  try {
    Poco::Data::SQLite::Connector::registerConnector();
    auto db = std::make_unique<Database>(Database{Poco::Data::Session("SQLite", file, 10)});
    std::string mode;
    db->session << "PRAGMA journal_mode=WAL", into(mode), now;
    db->session << "PRAGMA synchronous=NORMAL", now;
    db->session << kSchema, now;
    db->session << kByTime, now;
    return std::unique_ptr<LoginLog>(new LoginLog(std::move(db)));
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Temporary, file + ": " + e.displayText()};
  }
}

LoginLog::LoginLog(std::unique_ptr<Database> db) : db_(std::move(db)), thread_([this] { work(); }) {}

LoginLog::~LoginLog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void LoginLog::record(LoginAttempt attempt) {
  attempt.first = attempt.last = std::time(nullptr);
  attempt.user = tidy(attempt.user);
  std::lock_guard lock(mutex_);
  // A flood of attempts may lose its tail here, never the server's memory.
  if (pending_.size() >= kMaxPending) return;
  pending_.push_back(std::move(attempt));
  if (pending_.size() == 1) wake_.notify_all();
}

void LoginLog::flush() {
  std::unique_lock lock(mutex_);
  hurry_ = true;
  wake_.notify_all();
  written_.wait(lock, [this] { return pending_.empty() && !writing_; });
  hurry_ = false;
}

void LoginLog::work() {
  pthread_setname_np(pthread_self(), "logins");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
    if (pending_.empty()) return;
    wake_.wait_for(lock, kBatchTime, [this] { return stopping_ || hurry_; });
    auto batch = std::exchange(pending_, {});
    writing_ = true;
    lock.unlock();
    write(std::move(batch));
    lock.lock();
    writing_ = false;
    written_.notify_all();
  }
}

void LoginLog::write(std::vector<LoginAttempt> batch) {
  try {
    auto& s = db_->session;
    s << "BEGIN IMMEDIATE", now;
    std::string failedAccount;
    for (auto& a : batch) {
      s << kInsert, use(a.account), use(a.user), use(a.remoteIp), use(a.localIp), use(a.protocol), use(a.mechanism),
          use(a.result), use(a.tls), use(a.fingerprint), use(a.first), use(a.last), use(a.count), now;
    }
    const int64_t oldest = batch.back().last - kKeepSeconds;
    s << "DELETE FROM attempts WHERE last < ?", bind(oldest), now;
    for (auto& a : batch) {
      if (a.result == "ok" || a.account == failedAccount) continue;
      failedAccount = a.account;
      s << kTooMany, use(a.account), bind(kMaxFailed), now;
    }
    s << "COMMIT", now;
  } catch (const Poco::Exception& e) {
    kLog.error("login attempts not recorded", {{"count", std::to_string(batch.size())}, {"error", e.displayText()}});
    try {
      db_->session << "ROLLBACK", now;
    } catch (const Poco::Exception&) {
      // It was rolled back already.
    }
  }
}

ph::Result<std::vector<LoginAttempt>> LoginLog::read(const std::string& file, const std::string& account, size_t max) {
  std::vector<LoginAttempt> out;
  if (!std::filesystem::exists(file)) return out;
  try {
    Poco::Data::SQLite::Connector::registerConnector();
    Poco::Data::Session s("SQLite", file, 10);
    LoginAttempt a;
    std::string wanted = account;
    Poco::Data::Statement select(s);
    select
        << "SELECT account,user,remote,local,protocol,mechanism,result,tls,fingerprint,first,last,count FROM attempts"
           " WHERE account=? ORDER BY last DESC LIMIT ?",
        use(wanted), bind(static_cast<int64_t>(max)), into(a.account), into(a.user), into(a.remoteIp), into(a.localIp),
        into(a.protocol), into(a.mechanism), into(a.result), into(a.tls), into(a.fingerprint), into(a.first),
        into(a.last), into(a.count), range(0, 1);
    while (!select.done()) {
      if (select.execute() > 0) out.push_back(a);
    }
    return out;
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Temporary, file + ": " + e.displayText()};
  }
}

}  // namespace posthouse::accounts
