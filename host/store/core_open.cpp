// Opening an account, and reopening it after a failed sync; see core.hpp.
// After a failed fsync the page cache shows bytes that may never reach the disk. So the files are copied, the copies
// synced and renamed into place before anything is written again: each copy equals what it replaces, so a crash
// between two of them changes nothing.
#include "store/core.hpp"
#include "store/schema.hpp"

namespace posthouse::store {
namespace {

// Whether the index needs this file: for a message, or for one that can be restored.
ph::Result<bool> isKnown(db::Database& index, MessageId id) {
  db::Scoped row(
      index.cached("SELECT EXISTS(SELECT 1 FROM cold WHERE id=?1) OR EXISTS(SELECT 1 FROM removed WHERE id=?1)"));
  row->bind(1, id);
  if (const auto found = row->step(); !found) return found.error();
  return row->integer(0) != 0;
}

}  // namespace

ph::Result<std::unique_ptr<db::Database>> Core::openIndex(const std::string& path, bool readOnly) {
  db::OpenOptions open;
  open.application = kIndexApplication;
  open.version = kIndexVersion;
  open.readOnly = readOnly;
  open.cacheKiB = options.cacheKiB;
  open.checkpointPages = options.checkpointPages;
  return db::Database::open(vfs, path, open);
}

ph::Status Core::connect() {
  auto db = database(false);
  if (!db) return db.error();
  if ((*db)->version() != kIndexVersion)
    return ph::Error{ph::Kind::Permanent, "index of an older version; `posthouse store rebuild` makes a new one"};
  if (auto done = completeIndex(**db); !done) return done;
  const auto modSeq = (*db)->integer("SELECT modseq FROM account");
  if (!modSeq) return modSeq.error();
  const auto highest = (*db)->integer(
      "SELECT max(ifnull((SELECT max(id) FROM cold),0),ifnull((SELECT max(id) FROM garbage),0),"
      "ifnull((SELECT max(id) FROM removed),0))");
  if (!highest) return highest.error();
  auto ids = Ids::open(env, folder + "/ids", *highest, options.idRange);
  if (!ids) return ids.error();
  modSeq_ = *modSeq;
  ids_ = std::move(*ids);
  writer_ = std::move(*db);
  readAcl();
  return {};
}

ph::Status Core::open(bool doubtful) {
  if (env.info(folder + kRebuilt))
    return ph::Error{ph::Kind::Permanent, "a rebuild was interrupted; `posthouse store rebuild` finishes it"};
  if (auto done = doubtful ? reopen() : connect(); !done) return done;
  use();
  setAwake(true);
  if (auto done = cleanTemporary(); !done) return done;
  std::vector<MessageId> garbage;
  auto row =
      writer_->prepare("SELECT id FROM garbage WHERE id NOT IN (SELECT id FROM cold UNION ALL SELECT id FROM removed)");
  if (!row) return row.error();
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) break;
    garbage.push_back(row->integer(0));
  }
  if (garbage.empty()) return {};
  if (auto done = removeGarbage(garbage); !done) return done;
  return writer_->exec("DELETE FROM garbage");
}

// What a crash left in tmp/ names the appends it ended: a linked file without a row was never acknowledged and goes
// first, durably, so that its name here is not lost while it still exists.
ph::Status Core::cleanTemporary() {
  const auto names = env.list(folder + "/tmp");
  if (!names) return names.error();
  std::vector<MessageId> unacknowledged;
  for (const auto& file : *names) {
    const auto ids = idsNamedBy(file);
    for (auto id = ids.first; id <= ids.last; ++id) {
      const auto known = isKnown(*writer_, id);
      if (!known) return known.error();
      if (!*known) unacknowledged.push_back(id);
    }
  }
  if (auto done = removeGarbage(unacknowledged); !done) return done;
  for (const auto& file : *names)
    if (auto done = env.unlink(folder + "/tmp/" + file); !done && done.error().kind != ph::Kind::NotFound) return done;
  return {};
}

// The files first, durably, then the rows that name them.
ph::Status Core::removeGarbage(const std::vector<MessageId>& ids) {
  std::set<std::string> folders;
  for (const auto id : ids) {
    if (auto done = env.unlink(messagePath(id)); !done && done.error().kind != ph::Kind::NotFound) return done;
    folders.insert(groupFolder(id));
  }
  for (const auto& path : folders)
    if (auto done = env.syncFolder(path); !done && done.error().kind != ph::Kind::NotFound) return done;
  return {};
}

void Core::fail(const ph::Error& error) {
  const std::lock_guard guard(failureMutex_);
  failure_ = ph::Error{ph::Kind::Temporary, name + " is read-only for a while: " + error.text};
  retryAt_ = std::chrono::steady_clock::now() + options.reopenDelay;
}

ph::Status Core::ensureWritable() {
  if (auto done = wake(); !done) return done;
  {
    const std::lock_guard guard(failureMutex_);
    if (!failure_) return settleUnsure();
    if (std::chrono::steady_clock::now() < retryAt_) return *failure_;
  }
  if (auto done = reopen(); !done) {
    fail(done.error());
    return ph::Error{ph::Kind::Temporary, done.error().text};
  }
  const std::lock_guard guard(failureMutex_);
  failure_.reset();
  return {};
}

void Core::setAwake(bool awake) {
  if (awake_.exchange(awake) == awake || !awakeCount) return;
  *awakeCount += awake ? 1 : -1;
}

// As the leader of nothing: nobody commits meanwhile, and nobody reads while it has the gate.
bool Core::rest() {
  {
    const std::lock_guard lock(queueMutex_);
    if (leading_ || !queue_.empty()) return false;
    leading_ = true;
  }
  bool done = false;
  if (const std::unique_lock gate(gate_, std::try_to_lock); gate) {
    const std::lock_guard guard(failureMutex_);
    done = writer_ && !failure_ && unsure_.empty();
    if (done) {
      places.clear();
      {
        const std::lock_guard pool(poolMutex_);
        pool_.clear();
        shapes.forget();
        lastFolder_.forget();
      }
      writer_.reset();
      ids_.reset();
      groups_.clear();
      const std::lock_guard views(viewsMutex_);
      std::erase_if(views_, [](const auto& v) { return v.second.use_count() == 1; });
      resting_ = true;
      setAwake(false);
    }
  }
  {
    const std::lock_guard lock(queueMutex_);
    leading_ = false;
  }
  queueChanged_.notify_all();
  return done;
}

ph::Result<std::shared_lock<std::shared_mutex>> Core::stayAwake() {
  for (;;) {
    if (auto done = wake(); !done) return done.error();
    std::shared_lock gate(gate_);
    if (!resting_) return gate;
  }
}

ph::Status Core::wake() {
  use();
  if (awake_) return {};
  {
    const std::unique_lock gate(gate_);
    if (!resting_) return {};
    if (auto done = connect(); !done) return ph::Error{ph::Kind::Temporary, name + ": " + done.error().text};
    resting_ = false;
    setAwake(true);
  }
  if (onWake) onWake();
  return {};
}

ph::Status Core::reopen() {
  const std::unique_lock gate(gate_);
  if (writer_) writer_->keepWal(true);  // a checkpoint now would sync the WAL again and believe it
  {
    const std::lock_guard guard(poolMutex_);
    pool_.clear();
  }
  places.clear();
  writer_.reset();
  ids_.reset();
  groups_.clear();
  for (const char* file : {"/index.db-wal", "/index.db", "/ids"})
    if (auto done = rewrite(folder + file); !done) return done;
  if (auto done = env.syncFolder(folder); !done) return done;
  if (auto done = connect(); !done) return done;
  writer_->keepWal(true);  // until all is well
  auto check = writer_->prepare("PRAGMA quick_check(1)");
  if (!check) return check.error();
  const auto row = check->step();
  if (!row) return row.error();
  if (check->bytes(0) != "ok")
    return ph::Error{ph::Kind::Permanent, "index is damaged: " + std::string(check->bytes(0))};
  check->reset();
  {
    const std::lock_guard guard(viewsMutex_);
    views_.clear();
  }
  auto settled = settleUnsure();
  if (settled) writer_->keepWal(false);
  return settled;
}

ph::Status Core::rewrite(const std::string& path) {
  auto from = env.open(path, env::Open::Read);
  if (!from) {
    if (from.error().kind == ph::Kind::NotFound) return {};
    return from.error();
  }
  const auto copy = path + ".new";
  if (const auto gone = env.unlink(copy); !gone && gone.error().kind != ph::Kind::NotFound) return gone;
  auto to = env.open(copy, env::Open::CreateNew);
  if (!to) return to.error();
  std::string buffer(1 << 20, '\0');
  for (std::uint64_t at = 0;;) {
    const auto got = (*from)->read(at, buffer.data(), buffer.size());
    if (!got) return got.error();
    if (*got == 0) break;
    if (auto done = (*to)->write(at, {buffer.data(), *got}); !done) return done;
    at += *got;
  }
  if (auto done = (*to)->sync(); !done) return done;
  return env.rename(copy, path);
}

// Files of appends that failed, or whose commit had no clear end: not in the index means never acknowledged.
ph::Status Core::settleUnsure() {
  while (!unsure_.empty()) {
    const auto known = isKnown(*writer_, unsure_.back());
    if (!known) return known.error();
    if (!*known)
      if (auto done = env.unlink(messagePath(unsure_.back())); !done && done.error().kind != ph::Kind::NotFound)
        return done;
    unsure_.pop_back();
  }
  return {};
}

}  // namespace posthouse::store
