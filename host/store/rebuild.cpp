// Store::rebuild and Store::repair.
// The new index is built in rebuilding/, synced, and renamed to rebuilt/: from then on it is the account's, wherever
// the process ends. Then the old one is moved away, the write-ahead log first, which must never meet another index, and
// the new one takes its place. Nothing of the account's own is changed before, and nothing is removed ever.
#include "store/core.hpp"
#include "store/hash.hpp"
#include "store/packed.hpp"
#include "store/recovery.hpp"
#include "store/schema.hpp"
#include "store/snapshot.hpp"
#include "store/store.hpp"

namespace posthouse::store {

class Rebuild {
 public:
  Rebuild(Store& store, const std::string& name, const TellProgress& tell)
      : store_(store),
        env_(store.vfs_.env()),
        name_(name),
        folder_(store.folder_ + "/" + name),
        settings_(*store.settingsOf(name)),
        tell_(tell) {}

  ph::Result<RebuildReport> rebuild() {
    if (auto done = begin(); !done) return done.error();
    const bool goesOn = env_.info(folder_ + kRebuilt).ok();
    if (!goesOn)
      if (auto done = build(); !done) return done.error();
    if (auto done = replace(); !done) return done.error();
    if (goesOn) {
      report_.said.emplace_back("an earlier rebuild had made the index; it was put in place");
      auto index = open(folder_ + "/index.db", false);  // again, for what it knew of damaged files
      if (!index) return index.error();
      if (auto done = recover(**index, "", false); !done) return done.error();
    }
    if (auto done = finish(); !done) return done.error();
    return std::move(report_);
  }

  ph::Result<RebuildReport> repair() {
    if (auto done = begin(); !done) return done.error();
    {
      auto index = open(folder_ + "/index.db", false);
      if (!index) return index.error();
      if (auto done = checkIndex(**index); !done) return done.error();
      if (auto done = recover(**index, kRecovered, false); !done) return done.error();
    }
    if (auto done = finish(); !done) return done.error();
    return std::move(report_);
  }

 private:
  static constexpr char kBuilding[] = "/rebuilding";

  ph::Status begin() {
    if (const auto info = env_.info(folder_); !info)
      return ph::Error{info.error().kind,
                       info.error().kind == ph::Kind::NotFound ? "no such account: " + name_ : info.error().text};
    if (auto done = store_.close(name_); !done) return done;
    if (auto done = clearTemporary(); !done) return done;
    auto files = listMessageFiles(env_, folder_);
    if (!files) return files.error();
    files_ = std::move(*files);
    return {};
  }

  // A name that a crash left there tells an opening account to remove the message file, if its index does not have it.
  ph::Status clearTemporary() {
    const auto folder = folder_ + "/tmp";
    const auto names = env_.list(folder);
    if (!names) return names.error().kind == ph::Kind::NotFound ? ph::Status() : names.error();
    for (const auto& name : *names) {
      const auto ids = idsNamedBy(name);
      for (auto id = ids.first; id <= ids.last; ++id) {
        const auto path = folder_ + "/msg/" + std::to_string(id / Core::kGroup) + "/" + std::to_string(id);
        const auto info = env_.info(path);
        if (info && info->size == 0) (void)env_.unlink(path);  // made ahead, never written
      }
      if (auto done = env_.unlink(folder + "/" + name); !done) return done;
    }
    return env_.syncFolder(folder);
  }

  ph::Result<std::unique_ptr<db::Database>> open(const std::string& path, bool building) {
    db::OpenOptions open;
    open.building = building;
    open.application = kIndexApplication;
    open.version = kIndexVersion;
    return db::Database::open(store_.vfs_, path, open);
  }

  ph::Status build() {
    if (auto done = env::removeTree(env_, folder_ + kBuilding); !done) return done;
    if (auto done = env_.makeFolder(folder_ + kBuilding); !done) return done;
    const auto path = folder_ + kBuilding + "/index.db";
    if (auto done = makeBase(path); !done) return done;
    {
      auto index = open(path, true);
      if (!index) return index.error();
      if (auto done = recover(**index, "", true); !done) return done;
      if (auto done = (*index)->exec("PRAGMA wal_checkpoint(TRUNCATE)"); !done) return done;
    }
    auto file = env_.open(path, env::Open::ReadWrite);
    if (!file) return file.error();
    if (auto done = (*file)->sync(); !done) return done;
    if (auto done = env_.syncFolder(folder_ + kBuilding); !done) return done;
    if (auto done = env_.rename(folder_ + kBuilding, folder_ + kRebuilt); !done) return done;
    return env_.syncFolder(folder_);
  }

  // The account's own index when it is sound, else the newest snapshot that is, else an empty one.
  ph::Status makeBase(const std::string& to) {
    std::vector<std::string> candidates{folder_ + "/index.db"};
    const auto snapshots = snapshotsOf(env_, folder_);
    if (!snapshots) return snapshots.error();
    for (const auto& s : *snapshots) candidates.push_back(s.path);
    for (const auto& from : candidates) {
      const auto copied = copyFrom(from, to);
      if (copied) {
        report_.base = from;
        return {};
      }
      if (copied.error().kind == ph::Kind::Limit) return copied;  // the disk is full: that says nothing about it
      report_.said.push_back(from + " is of no use: " + copied.error().text);
      for (const char* suffix : {"", "-wal"}) (void)env_.unlink(to + suffix);
    }
    db::OpenOptions create;
    create.create = true;
    create.building = true;
    create.application = kIndexApplication;
    create.version = kIndexVersion;
    auto index = db::Database::open(store_.vfs_, to, create);
    if (!index) return index.error();
    return buildIndex(**index, store_.options_.now());
  }

  ph::Status copyFrom(const std::string& from, const std::string& to) {
    if (const auto there = env_.info(from); !there) return there.error();
    auto index = open(from, false);
    if (!index) return index.error();
    (*index)->keepWal(true);  // it is only read
    if ((*index)->version() != kIndexVersion) return ph::Error{ph::Kind::Permanent, "of an older version"};
    if (auto done = checkIndex(**index); !done) return done;
    return copyIndex(**index, store_.vfs_, to);
  }

  ph::Status recover(db::Database& index, const std::string& mailbox, bool renew) {
    const auto highest = index.integer(
        "SELECT max((SELECT modseq FROM account),(SELECT ifnull(max(modseq),0) FROM mailboxes),(SELECT "
        "ifnull(max(modseq),0) FROM messages),(SELECT ifnull(max(modseq),0) FROM expunged))");
    if (!highest) return highest.error();
    constexpr ModSeq kMargin = ModSeq{1} << 32;  // above what was given after a snapshot
    if (auto done = completeIndex(index); !done) return done;
    if (auto done = index.exec("BEGIN IMMEDIATE"); !done) return done;
    Step step(index, settings_, *highest + 1 + (renew ? kMargin : 0), store_.options_.now());
    Recovery recovery(step, env_, files_, store_.options_, recovered_, tell_);
    auto done = recovery.repairRows();
    if (done) done = recovery.dropMissing();
    if (done) done = recovery.recount();
    if (done && renew) done = recovery.renew();
    if (done) done = recovery.addUnknown(mailbox);
    if (done) done = recovery.finish();
    if (done) done = index.exec("COMMIT");
    if (!done && index.inTransaction()) (void)index.exec("ROLLBACK");
    return done;
  }

  // Each of these steps may be the last before the power fails; the next run goes through all of them again.
  ph::Status replace() {
    if (env_.info(folder_ + kRebuilt + std::string("/index.db"))) {
      for (const char* file : {"/index.db-wal", "/index.db"})
        if (auto done = move(folder_ + file); !done) return done;
      if (auto done = replaceIds(); !done) return done;
      for (const char* folder : {"/tmp", "/msg"})
        if (const auto made = env_.makeFolder(folder_ + folder); !made && made.error().kind != ph::Kind::Conflict)
          return made;
      if (auto done = env_.syncFolder(folder_); !done) return done;
      // Both names until the new one is durable.
      if (auto done = env_.link(folder_ + kRebuilt + "/index.db", folder_ + "/index.db"); !done) return done;
      if (auto done = env_.syncFolder(folder_); !done) return done;
    }
    if (auto done = env::removeTree(env_, folder_ + kRebuilt); !done) return done;
    return env_.syncFolder(folder_);
  }

  // Ids of messages that are gone are not known any more: the new bound leaves room for them.
  ph::Status replaceIds() {
    constexpr MessageId kMargin = 1'000'000;
    const auto path = folder_ + "/ids";
    const auto highest = files_.paths.empty() ? 0 : files_.paths.rbegin()->first;
    const auto ids = Ids::open(env_, path, highest, store_.options_.idRange);
    if (ids) return {};
    if (ids.error().kind != ph::Kind::NotFound && ids.error().kind != ph::Kind::Permanent) return ids.error();
    if (auto done = move(path); !done) return done;
    const auto fresh = folder_ + "/ids.new";
    if (const auto gone = env_.unlink(fresh); !gone && gone.error().kind != ph::Kind::NotFound) return gone;
    if (auto done = Ids::create(env_, fresh, highest + kMargin); !done) return done;
    report_.said.emplace_back("the file of reserved ids was damaged; there is a new one");
    return env_.rename(fresh, path);
  }

  // Out of the account, under a name that is free.
  ph::Status move(const std::string& path) {
    const auto info = env_.info(path);
    if (!info) return info.error().kind == ph::Kind::NotFound ? ph::Status() : info.error();
    const auto folder = store_.movedFolder(name_);
    for (const auto& f : {env::folderOf(folder), folder})
      if (auto done = env::ensureFolder(env_, f); !done) return done;
    const auto name = path.substr(path.rfind('/') + 1);
    const auto stem = folder + "/" + std::to_string(store_.options_.now()) + "-" + name;
    auto to = stem;
    for (int n = 1; env_.info(to); ++n) to = stem + "." + std::to_string(n);
    // It has both names until the new one is durable. A folder can have only one.
    if (auto done = info->folder ? env_.rename(path, to) : env_.link(path, to); !done) return done;
    if (auto done = env_.syncFolder(folder); !done) return done;
    if (!info->folder)
      if (auto done = env_.unlink(path); !done) return done;
    report_.said.push_back(path + " was moved to " + to);
    return env_.syncFolder(env::folderOf(path));
  }

  // What is no sound message file becomes a message of its own, whole, and is then moved away.
  ph::Status finish() {
    for (const auto& path : files_.strays)
      if (auto done = move(path); !done) return done;
    {
      auto account = store_.open(name_);
      if (!account) return account.error();
      for (const auto id : recovered_.damaged)
        if (auto done = keepDamaged(**account, id); !done) return done;
    }
    report_.said.insert(report_.said.end(), recovered_.said.begin(), recovered_.said.end());
    report_.added += recovered_.added;
    report_.lost += recovered_.lost;
    return store_.close(name_);
  }

  ph::Status keepDamaged(Account& account, MessageId id) {
    const auto& path = files_.paths.at(id);
    auto content = readWhole(env_, path);
    if (!content) return content.error();
    if (isPacked(*content))
      if (auto some = salvage(*content); !some.empty()) *content = std::move(some);
    std::string_view bytes = *content;
    if (const auto parsed = parseMeta(bytes)) bytes.remove_prefix(parsed->length);
    if (!bytes.empty()) {
      AppendRequest request;
      request.mailbox = kRecovered;
      request.createMailbox = true;
      request.message = bytes;
      request.date = store_.options_.now();
      request.deliveryKey = "recovered:" + std::to_string(id);  // a second run does not add it again
      const auto added = account.append(request);
      if (!added) return added.error();
      if (!added->duplicate) ++report_.added;
      report_.said.push_back(path + " is damaged; what is left is in the mailbox " + kRecovered);
    }
    return move(path);
  }

  Store& store_;
  env::Env& env_;
  const std::string name_;
  const std::string folder_;
  const AccountSettings settings_;
  const TellProgress& tell_;
  MessageFiles files_;
  Recovered recovered_;
  RebuildReport report_;
};

ph::Result<RebuildReport> Store::rebuild(const std::string& name, const TellProgress& tell) {
  return Rebuild(*this, name, tell).rebuild();
}

ph::Result<RebuildReport> Store::repair(const std::string& name, const TellProgress& tell) {
  return Rebuild(*this, name, tell).repair();
}

}  // namespace posthouse::store
