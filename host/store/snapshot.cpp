#include "store/snapshot.hpp"

#include <algorithm>
#include <charconv>

#include "store/schema.hpp"

namespace posthouse::store {
namespace {

constexpr std::size_t kKept = 2;
constexpr std::string_view kFolder = "/snapshots";
constexpr std::string_view kNew = "/snapshots/new.db";

// "TIME-MODSEQ.db"
std::optional<Snapshot> parseName(const std::string& name) {
  Snapshot s;
  const char* end = name.data() + name.size();
  const auto time = std::from_chars(name.data(), end, s.time);
  if (time.ec != std::errc() || time.ptr == end || *time.ptr != '-') return {};
  const auto modSeq = std::from_chars(time.ptr + 1, end, s.modSeq);
  if (modSeq.ec != std::errc() || std::string_view(modSeq.ptr, static_cast<std::size_t>(end - modSeq.ptr)) != ".db")
    return {};
  return s;
}

ph::Status forgetOld(env::Env& env, const std::string& folder) {
  const auto all = snapshotsOf(env, folder);
  if (!all) return all.error();
  for (std::size_t i = kKept; i < all->size(); ++i)
    if (auto done = env.unlink((*all)[i].path); !done) return done;
  return {};
}

// A copy, and its log while it is written, must not take the room that mail needs.
ph::Status checkSpace(Core& core) {
  const auto index = core.env.info(core.folder + "/index.db");
  if (!index) return index.error();
  const auto space = core.env.space(core.folder);
  if (!space) return space.error();
  if (space->free < 2 * index->size + core.options.reserveBytes)
    return ph::Error{ph::Kind::Limit, "not enough space for a snapshot"};
  return {};
}

// What an earlier attempt left.
void removeNew(Core& core) {
  for (const char* suffix : {"", "-wal", "-journal"}) (void)core.env.unlink(core.folder + std::string(kNew) + suffix);
}

ph::Status writeSnapshot(Core& core) {
  auto db = core.reader();
  if (!db) return db.error();
  const auto to = core.folder + std::string(kNew);
  if (auto done = copyIndex(**db, core.vfs, to); !done) return done;
  ModSeq modSeq = 0;
  {
    auto copy = core.openIndex(to, true);
    if (!copy) return copy.error();
    if (auto done = checkIndex(**copy); !done) return done;
    const auto found = (*copy)->integer("SELECT modseq FROM account");
    if (!found) return found.error();
    modSeq = *found;
  }
  const auto name = std::to_string(core.options.now()) + "-" + std::to_string(modSeq) + ".db";
  if (auto done = core.env.rename(to, core.folder + std::string(kFolder) + "/" + name); !done) return done;
  return core.env.syncFolder(core.folder + std::string(kFolder));
}

}  // namespace

ph::Result<std::vector<Snapshot>> snapshotsOf(env::Env& env, const std::string& folder) {
  std::vector<Snapshot> all;
  const auto path = folder + std::string(kFolder);
  const auto names = env.list(path);
  if (!names) {
    if (names.error().kind == ph::Kind::NotFound) return all;
    return names.error();
  }
  for (const auto& name : *names) {
    if (auto snapshot = parseName(name)) {
      snapshot->path = path + "/" + name;
      all.push_back(std::move(*snapshot));
    }
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return std::tie(a.time, a.modSeq) > std::tie(b.time, b.modSeq); });
  return all;
}

ph::Status checkIndex(db::Database& index) {
  auto row = index.prepare("PRAGMA integrity_check(1)");
  if (!row) return row.error();
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found || row->bytes(0) != "ok")
    return ph::Error{ph::Kind::Permanent, "index is damaged: " + std::string(row->bytes(0))};
  return {};
}

ph::Status copyIndex(db::Database& from, db::Vfs& vfs, const std::string& to) {
  {
    db::OpenOptions open;
    open.create = true;
    open.building = true;
    open.application = kIndexApplication;
    open.version = kIndexVersion;
    auto copy = db::Database::open(vfs, to, open);
    if (!copy) return copy.error();
    if (auto done = from.copyTo(**copy); !done) return done;
    if (auto done = (*copy)->exec("PRAGMA wal_checkpoint(TRUNCATE)"); !done) return done;
  }
  auto file = vfs.env().open(to, env::Open::ReadWrite);
  if (!file) return file.error();
  return (*file)->sync();
}

ph::Status takeSnapshot(Core& core) {
  if (auto done = env::ensureFolder(core.env, core.folder + std::string(kFolder)); !done) return done;
  removeNew(core);
  auto done = writeSnapshot(core);
  removeNew(core);
  return done ? forgetOld(core.env, core.folder) : done;
}

ph::Status snapshotIfDue(Core& core) {
  const auto every = core.options.snapshotEvery;
  const auto now = core.options.now();
  if (every == 0 || now < core.nextSnapshot) return {};
  const auto all = snapshotsOf(core.env, core.folder);
  if (!all) return all.error();
  const bool any = !all->empty();
  if (any && now < all->front().time + every) {
    core.nextSnapshot = all->front().time + every;
    return {};
  }
  auto db = core.reader();
  if (!db) return db.error();
  const auto modSeq = (*db)->integer("SELECT modseq FROM account");
  if (!modSeq) return modSeq.error();
  if (*modSeq == (any ? all->front().modSeq : 1)) return {};
  // A server that is never idle gets its copy a day late.
  const bool overdue = any && now >= all->front().time + 2 * every;
  if (!overdue && now < core.lastCommit + core.options.snapshotIdle) return {};
  core.nextSnapshot = now + every;
  if (auto done = checkSpace(core); !done) return done;
  return takeSnapshot(core);
}

}  // namespace posthouse::store
