#include "web/sessions.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>

#include "log/log.hpp"

namespace posthouse::web {
namespace {

const log::Log kLog("web");
constexpr int32_t kApplication = 0x50485753;  // "PHWS"
constexpr size_t kSecret = 32, kId = 6, kMaxAgent = 200;
constexpr int64_t kUsedStep = 60;

constexpr const char* kSchema = R"sql(
CREATE TABLE session(hash TEXT PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL, remote TEXT NOT NULL,
  agent TEXT NOT NULL, begun INTEGER NOT NULL, used INTEGER NOT NULL, powerful INTEGER NOT NULL,
  credential TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version=1)sql";

std::string hex(const unsigned char* data, size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < size; ++i) out.append(1, kHex[data[i] >> 4]).append(1, kHex[data[i] & 15]);
  return out;
}

std::string random(size_t size) {
  std::string bytes(size, '\0');
  auto* data = reinterpret_cast<unsigned char*>(bytes.data());
  return RAND_bytes(data, static_cast<int>(size)) == 1 ? hex(data, size) : std::string();
}

// 256 random bits need no slow hash.
std::string hashOf(std::string_view secret) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), hash);
  return hex(hash, sizeof hash);
}

bool over(const Session& s, int64_t now) {
  return Sessions::endOf(s) <= now;
}

}  // namespace

int64_t Sessions::endOf(const Session& s) {
  return std::min(s.begun + (s.powerful ? kPowerfulLife : kLife), s.used + (s.powerful ? kPowerfulIdle : kIdle));
}

ph::Result<std::unique_ptr<Sessions>> Sessions::open(db::Vfs& vfs, const std::string& file, Credential credential,
                                                     int64_t now) {
  db::OpenOptions options;
  options.create = true;
  options.application = kApplication;
  auto db = db::Database::open(vfs, file, options);
  if (!db) return db.error();
  if ((*db)->version() == 0) {
    if (auto s = (*db)->exec(kSchema); !s) return s.error();
  }
  std::unique_ptr<Sessions> out(new Sessions(std::move(*db), std::move(credential)));
  if (auto s = out->load(now); !s) return s.error();
  return out;
}

ph::Status Sessions::load(int64_t now) {
  std::vector<std::string> gone;
  std::map<std::string, std::string> credentials;
  {
    db::Scoped q(
        db_->cached("SELECT hash, id, account, remote, agent, begun, used, powerful, credential FROM session"));
    for (;;) {
      const auto row = q->step();
      if (!row) return row.error();
      if (!*row) break;
      Session s{std::string(q->bytes(1)),
                std::string(q->bytes(2)),
                std::string(q->bytes(3)),
                std::string(q->bytes(4)),
                q->integer(5),
                q->integer(6),
                q->integer(7) != 0};
      const auto known = credentials.try_emplace(s.account);
      if (known.second) known.first->second = credential_(s.account);
      const std::string hash(q->bytes(0));
      if (over(s, now) || q->bytes(8) != known.first->second) {
        gone.push_back(hash);
      } else {
        entries_[hash] = {std::move(s), false};
      }
    }
  }
  for (const auto& hash : gone) {
    if (auto s = erase(hash); !s) return s;
  }
  return {};
}

ph::Status Sessions::store(const std::string& hash, const Session& s) {
  const std::string credential = credential_(s.account);
  db::Scoped q(db_->cached("INSERT OR REPLACE INTO session VALUES(?,?,?,?,?,?,?,?,?)"));
  q->text(1, hash).text(2, s.id).text(3, s.account).text(4, s.remoteIp).text(5, s.agent);
  q->bind(6, s.begun).bind(7, s.used).bind(8, s.powerful ? 1 : 0).text(9, credential);
  return q->run();
}

ph::Status Sessions::erase(const std::string& hash) {
  db::Scoped q(db_->cached("DELETE FROM session WHERE hash=?"));
  q->text(1, hash);
  return q->run();
}

ph::Result<std::string> Sessions::begin(Session session, int64_t now) {
  const std::string secret = random(kSecret);
  session.id = random(kId);
  if (secret.empty() || session.id.empty()) return ph::Error{ph::Kind::Temporary, "no randomness"};
  session.agent.resize(std::min(session.agent.size(), kMaxAgent));
  session.begun = session.used = now;
  auto others = list(session.account, now);
  if (others.size() >= kMaxOfAccount) {
    const auto oldest =
        std::min_element(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.used < b.used; });
    (void)end(oldest->id, session.account);
  }
  const std::string hash = hashOf(secret);
  std::lock_guard disk(disk_);
  if (auto s = store(hash, session); !s) return s.error();
  std::lock_guard lock(mutex_);
  entries_[hash] = {std::move(session), false};
  return secret;
}

std::optional<Session> Sessions::find(std::string_view secret, int64_t now) {
  const std::string hash = hashOf(secret);
  std::lock_guard lock(mutex_);
  const auto i = entries_.find(hash);
  if (i == entries_.end() || over(i->second.session, now)) return std::nullopt;
  if (now - i->second.session.used >= kUsedStep) {
    i->second.session.used = now;
    i->second.dirty = true;
  }
  return i->second.session;
}

std::vector<Session> Sessions::list(const std::string& account, int64_t now) const {
  std::vector<Session> out;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [hash, e] : entries_) {
      if ((account.empty() || e.session.account == account) && !over(e.session, now)) out.push_back(e.session);
    }
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.begun > b.begun; });
  return out;
}

size_t Sessions::endThose(const std::function<bool(const Session&)>& which) {
  std::vector<std::string> gone;
  std::lock_guard disk(disk_);
  {
    std::lock_guard lock(mutex_);
    for (const auto& [hash, e] : entries_) {
      if (which(e.session)) gone.push_back(hash);
    }
    for (const auto& hash : gone) entries_.erase(hash);
  }
  for (const auto& hash : gone) {
    if (const auto s = erase(hash); !s) kLog.error("an ended session stays in its file", {{"reason", s.error().text}});
  }
  return gone.size();
}

ph::Status Sessions::end(const std::string& id, const std::string& account) {
  const size_t n = endThose([&](const Session& s) { return s.id == id && (account.empty() || s.account == account); });
  return n > 0 ? ph::Status() : ph::Status(ph::Error{ph::Kind::NotFound, "there is no session " + id});
}

void Sessions::endAll(const std::string& account, const std::string& except) {
  endThose([&](const Session& s) { return s.account == account && s.id != except; });
  // The one that stays goes with the new password.
  std::lock_guard disk(disk_);
  std::vector<std::pair<std::string, Session>> kept;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [hash, e] : entries_) {
      if (e.session.account == account) kept.emplace_back(hash, e.session);
    }
  }
  for (const auto& [hash, s] : kept) (void)store(hash, s);
}

void Sessions::sweep(int64_t now) {
  endThose([&](const Session& s) { return over(s, now); });
  std::lock_guard disk(disk_);
  std::vector<std::pair<std::string, int64_t>> used;
  {
    std::lock_guard lock(mutex_);
    for (auto& [hash, e] : entries_) {
      if (!e.dirty) continue;
      e.dirty = false;
      used.emplace_back(hash, e.session.used);
    }
  }
  for (const auto& [hash, when] : used) {
    db::Scoped q(db_->cached("UPDATE session SET used=? WHERE hash=?"));
    q->bind(1, when).text(2, hash);
    (void)q->run();
  }
}

}  // namespace posthouse::web
