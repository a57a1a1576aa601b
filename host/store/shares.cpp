#include "store/shares.hpp"

#include "log/log.hpp"
#include "store/acl.hpp"

namespace posthouse::store {
namespace {

const log::Log kLog("store");
constexpr std::int32_t kApplication = 0x50485368;  // "PHSh"

constexpr char kTables[] = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE shares(grantee TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY(grantee, owner)) WITHOUT ROWID;
CREATE TABLE state(only INTEGER PRIMARY KEY CHECK (only = 1), complete INTEGER NOT NULL);
INSERT INTO state VALUES(1,0);
PRAGMA user_version=1;
COMMIT)sql";

}  // namespace

Shares::Shares(db::Vfs& vfs, std::string path) : vfs_(vfs), path_(std::move(path)) {
  const std::lock_guard guard(fileMutex_);
  if (auto done = openLocked(); !done) kLog.warn("shares can't be read", {{"reason", done.error().text}});
}

Shares::~Shares() = default;

// With fileMutex_.
ph::Status Shares::openLocked() {
  if (file_) return {};
  auto done = load();
  // It can be told again from the accounts.
  if (!done && done.error().kind == ph::Kind::Permanent) {
    kLog.warn("the file of shares is damaged and made anew", {{"reason", done.error().text}});
    discard();
    done = load();
  }
  if (!done) file_.reset();
  return done;
}

ph::Status Shares::load() {
  db::OpenOptions open;
  open.create = true;
  open.application = kApplication;
  open.cacheKiB = 256;
  auto file = db::Database::open(vfs_, path_, open);
  if (!file) return file.error();
  file_ = std::move(*file);
  if (file_->version() == 0) {
    if (auto made = file_->exec(kTables); !made) return made;
    if (auto synced = vfs_.env().syncFolder(env::folderOf(path_)); !synced) return synced;
  }
  const auto complete = file_->integer("SELECT complete FROM state");
  if (!complete) return complete.error();
  std::map<std::string, std::set<std::string>, std::less<>> owners;
  db::Scoped row(file_->cached("SELECT grantee,owner FROM shares"));
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) break;
    owners[std::string(row->bytes(0))].emplace(row->bytes(1));
  }
  const std::lock_guard guard(mutex_);
  owners_ = std::move(owners);
  complete_ = *complete != 0;
  return {};
}

std::set<std::string> Shares::owners(std::string_view viewer) const {
  const std::lock_guard guard(mutex_);
  std::set<std::string> out;
  for (const auto grantee : {viewer, kAnyone})
    if (const auto it = owners_.find(grantee); it != owners_.end()) out.insert(it->second.begin(), it->second.end());
  out.erase(std::string(viewer));
  return out;
}

bool Shares::isKnown(std::string_view grantee, std::string_view owner) const {
  const std::lock_guard guard(mutex_);
  const auto it = owners_.find(grantee);
  return it != owners_.end() && it->second.contains(std::string(owner));
}

bool Shares::isComplete() const {
  const std::lock_guard guard(mutex_);
  return complete_;
}

// With fileMutex_. After a failed sync what the file seems to hold proves nothing: it is made anew.
ph::Status Shares::write(const char* sql, const Pair& pair) {
  auto done = [&]() -> ph::Status {
    auto& statement = file_->cached(sql);
    db::Scoped row(statement);
    if (statement.parameters() > 0) row->text(1, pair.first).text(2, pair.second);
    return row->run();
  }();
  if (!done && done.error().kind != ph::Kind::Limit) discard();
  return done;
}

// With fileMutex_.
void Shares::discard() {
  file_.reset();
  for (const char* suffix : {"-wal", ""}) (void)vfs_.env().unlink(path_ + suffix);
  const std::lock_guard guard(mutex_);
  owners_.clear();
  complete_ = false;
}

ph::Status Shares::insert(const Pair& pair) {
  const std::lock_guard file(fileMutex_);
  if (auto done = openLocked(); !done) return done;
  if (isKnown(pair.first, pair.second)) return {};
  if (auto done = write("INSERT OR IGNORE INTO shares VALUES(?1,?2)", pair); !done) return done;
  const std::lock_guard guard(mutex_);
  owners_[pair.first].insert(pair.second);
  return {};
}

ph::Status Shares::share(const std::string& grantee, const std::string& owner,
                         const std::function<ph::Status()>& commit) {
  const Pair pair{grantee, owner};
  {
    const std::lock_guard guard(mutex_);
    granting_.insert(pair);
  }
  auto done = isKnown(grantee, owner) ? ph::Status() : insert(pair);
  if (done) done = commit();
  if (done && !isKnown(grantee, owner)) (void)insert(pair);  // the file was made anew meanwhile
  const std::lock_guard guard(mutex_);
  granting_.erase(granting_.find(pair));
  return done;
}

void Shares::forget(const std::string& grantee, const std::string& owner, const std::function<bool()>& isShared) {
  const std::lock_guard file(fileMutex_);
  if (!openLocked()) return;
  {
    const std::lock_guard guard(mutex_);
    const auto it = owners_.find(grantee);
    if (granting_.contains({grantee, owner}) || it == owners_.end() || !it->second.contains(owner) || isShared())
      return;
    it->second.erase(owner);
    if (it->second.empty()) owners_.erase(it);
  }
  if (auto done = write("DELETE FROM shares WHERE grantee=?1 AND owner=?2", {grantee, owner}); !done)
    kLog.warn("a share is not forgotten", {{"reason", done.error().text}});
}

ph::Status Shares::found(const std::string& owner, const std::set<std::string>& grantees) {
  for (const auto& grantee : grantees)
    if (auto done = insert({grantee, owner}); !done) return done;
  return {};
}

ph::Status Shares::complete() {
  const std::lock_guard file(fileMutex_);
  if (auto done = openLocked(); !done) return done;
  if (auto done = write("UPDATE state SET complete=1", {}); !done) return done;
  const std::lock_guard guard(mutex_);
  complete_ = true;
  return {};
}

}  // namespace posthouse::store
