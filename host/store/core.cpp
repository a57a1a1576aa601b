// The commit group: one leader links, syncs and commits for all who wait; see core.hpp.
#include "store/core.hpp"

#include <algorithm>
#include <chrono>

#include "metrics/metrics.hpp"

namespace posthouse::store {
namespace {
constexpr std::size_t kMaxGroup = 128;
const metrics::Counters kCommits("posthouse_store_commits_total", "Commits of accounts, each of a group of changes.");
const metrics::Counters kChanges("posthouse_store_changes_total", "Changes of accounts.", {"result"});
const metrics::Histograms kSeconds("posthouse_store_commit_seconds", "What linking, syncing and committing took.");
const metrics::Counter kCommit = kCommits.with();
const metrics::Counter kDone = kChanges.with({"done"});
const metrics::Counter kFailed = kChanges.with({"failed"});
const metrics::Histogram kCommitSeconds = kSeconds.with();
}  // namespace

Core::Core(std::string accountName, std::string accountFolder, db::Vfs& v, const Options& o)
    : name(std::move(accountName)), folder(std::move(accountFolder)), vfs(v), env(v.env()), options(o) {}

Core::~Core() {
  places.clear();
  setAwake(false);
}

ph::Status Core::commit(Change& change) {
  Waiting me{&change};
  commitAll(&me, 1);
  return me.status;
}

std::vector<ph::Status> Core::commitAll(const std::vector<Change*>& changes) {
  std::vector<Waiting> all;
  all.reserve(changes.size());
  for (auto* change : changes) all.push_back({change});
  commitAll(all.data(), all.size());
  std::vector<ph::Status> result;
  for (auto& w : all) result.push_back(std::move(w.status));
  return result;
}

void Core::commitAll(Waiting* all, std::size_t count) {
  use();
  std::unique_lock lock(queueMutex_);
  for (std::size_t i = 0; i < count; ++i) queue_.push_back(all + i);
  for (std::size_t next = 0;;) {
    queueChanged_.wait(lock, [&] {
      while (next < count && all[next].done) ++next;
      return next == count || (!leading_ && queue_.front() == all + next);
    });
    if (next == count) return;
    leadFirst(lock);
  }
}

// With the lock held, that it gives up meanwhile.
void Core::leadFirst(std::unique_lock<std::mutex>& lock) {
  leading_ = true;
  std::size_t size = 1;
  while (!queue_.front()->change->alone() && size < std::min(queue_.size(), kMaxGroup) &&
         !queue_[size]->change->alone())
    ++size;
  const std::vector<Waiting*> group(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
  lock.unlock();
  Deltas committed;
  const auto begun = std::chrono::steady_clock::now();
  lead(group, committed);
  kCommit.add();
  kCommitSeconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  for (const auto* w : group) (w->status ? kDone : kFailed).add();
  publish(committed);
  lock.lock();
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
  for (auto* waiting : group) waiting->done = true;
  leading_ = false;
  queueChanged_.notify_all();
}

void Core::lead(const std::vector<Waiting*>& group, Deltas& committed) {
  auto ready = ensureWritable();
  std::set<std::string> folders;
  for (auto* w : group) {
    w->status = ready ? w->change->prepare(*this, folders) : ready;
    if (!w->status) w->change->undo(*this);
  }
  ph::Status done;
  bool unsure = false;
  for (const auto& path : folders) {
    if (!done) break;
    done = env.syncFolder(path);
    if (!done) fail(done.error());
  }
  if (!done) groups_.clear();  // which of them are durable is not known
  if (done) done = transact(group, committed, unsure);
  if (done) {
    for (auto* w : group)
      if (w->status) w->change->finish(*this);
    return;
  }
  committed.clear();
  for (auto* w : group) {
    if (!w->status) continue;
    w->status = done;
    if (unsure) {
      w->change->unsure(*this);
    } else {
      w->change->undo(*this);
    }
  }
}

ph::Status Core::transact(const std::vector<Waiting*>& group, Deltas& committed, bool& unsure) {
  if (std::none_of(group.begin(), group.end(), [](const Waiting* w) { return w->status.ok(); })) return {};
  auto& db = *writer_;
  const auto abort = [&](ph::Error error) -> ph::Status {
    if (db.inTransaction()) (void)db.exec("ROLLBACK");
    if (error.kind != ph::Kind::Limit) fail(error);
    return error;
  };
  db::Scoped begin(db.cached("BEGIN IMMEDIATE"));
  if (auto done = begin->run(); !done) return abort(done.error());
  const auto now = options.now();
  const auto rules = settings();
  ModSeq modSeq = modSeq_;
  for (auto* w : group) {
    if (!w->status) continue;
    Step step(db, *rules, modSeq + 1, now);
    if (auto done = db.cached("SAVEPOINT change").run(); !done) return abort(done.error());
    w->status = w->change->apply(step);
    if (w->status) w->status = step.flush();
    if (!w->status) w->change->undo(*this);
    if (!db.inTransaction()) return abort(w->status ? ph::Error{ph::Kind::Bug, "transaction lost"} : w->status.error());
    if (!w->status) {
      if (auto done = db.cached("ROLLBACK TO change").run(); !done) return abort(done.error());
      if (w->status.error().kind == ph::Kind::Temporary) fail(w->status.error());
    } else {
      if (!step.deltas().empty()) ++modSeq;
      for (const auto& [id, delta] : step.deltas()) {
        auto& all = committed[id];
        for (const Uid uid : delta.removed)
          if (std::erase(all.added, uid) == 0) all.removed.push_back(uid);
        all.added.insert(all.added.end(), delta.added.begin(), delta.added.end());
        // What changes no message must not lift the view above the mailbox's HIGHESTMODSEQ.
        if ((delta.kinds & Notice::kContent) != 0 || (all.kinds & Notice::kContent) == 0) all.modSeq = delta.modSeq;
        all.uidNext = std::max(all.uidNext, delta.uidNext);
        all.kinds |= delta.kinds;
      }
    }
    if (auto done = db.cached("RELEASE change").run(); !done) return abort(done.error());
  }
  if (modSeq != modSeq_) {
    db::Scoped update(db.cached("UPDATE account SET modseq=?"));
    update->bind(1, modSeq);
    if (auto done = update->run(); !done) return abort(done.error());
  }
  if (auto done = db.cached("COMMIT").run(); !done) {
    // With the disk full the commit record was not written; after any other failure it may be there.
    unsure = done.error().kind != ph::Kind::Limit;
    return abort(done.error());
  }
  if (modSeq != modSeq_) lastCommit = now;
  modSeq_ = modSeq;
  return {};
}

// On the leader.
void Core::readAcl() {
  auto acl = writer_ ? Acl::read(*writer_) : ph::Error{ph::Kind::Temporary, name + ": not open"};
  std::atomic_store(&acl_, acl ? std::move(*acl) : nullptr);
}

void Core::publish(const Deltas& deltas) {
  const auto isOfRights = [](const auto& d) { return (d.second.kinds & (Notice::Rights | Notice::MailboxGone)) != 0; };
  if (std::any_of(deltas.begin(), deltas.end(), isOfRights)) readAcl();
  {
    const std::lock_guard guard(viewsMutex_);
    for (const auto& [id, delta] : deltas) {
      const bool content = (delta.kinds & Notice::kContent) != 0;
      if (content) published_[id] = delta.modSeq;
      const auto it = views_.find(id);
      if (it == views_.end()) continue;
      if ((delta.kinds & Notice::MailboxGone) != 0) {
        views_.erase(it);
      } else if (content && it->second->modSeq() < delta.modSeq) {
        auto removed = delta.removed;
        std::sort(removed.begin(), removed.end());
        it->second = it->second->with(delta.added, removed, delta.uidNext, delta.modSeq);
      }
    }
  }
  const std::lock_guard guard(watchersMutex_);
  for (const auto& [id, delta] : deltas)
    for (const auto& [key, callback] : watchers_) callback({name, id, delta.kinds, delta.modSeq});
  if (onArrival &&
      std::any_of(deltas.begin(), deltas.end(), [](const auto& d) { return (d.second.kinds & Notice::Arrived) != 0; }))
    onArrival();
}

ph::Status Core::ensureGroup(MessageId id, std::set<std::string>& folders) {
  const auto path = groupFolder(id);
  folders.insert(path);
  if (groups_.contains(id / kGroup)) return {};
  (void)env.removeFolder(path);  // an empty one may be left of a sync that failed: only a new name is written again
  if (const auto made = env.makeFolder(path); !made && made.error().kind != ph::Kind::Conflict) return made;
  folders.insert(folder + "/msg");
  groups_.insert(id / kGroup);
  return {};
}

void Core::removeFile(MessageId id) {
  if (const auto done = env.unlink(messagePath(id)); !done && done.error().kind != ph::Kind::NotFound) keepUnsure(id);
}

ph::Result<MessageId> Core::newIds(int count) {
  const auto gate = stayAwake();
  if (!gate) return gate.error();
  if (!ids_) return ph::Error{ph::Kind::Temporary, name + ": not open"};
  auto id = ids_->next(count);
  if (!id && id.error().kind == ph::Kind::Temporary) fail(id.error());
  return id;
}

MessageId Core::idBound() {
  const auto gate = stayAwake();
  return gate && ids_ ? ids_->bound() : 0;
}

std::uint64_t Core::watch(std::function<void(const Notice&)> callback) {
  const std::lock_guard guard(watchersMutex_);
  watchers_[++lastWatcher_] = std::move(callback);
  return lastWatcher_;
}

void Core::unwatch(std::uint64_t watcher) {
  const std::lock_guard guard(watchersMutex_);
  watchers_.erase(watcher);
}

}  // namespace posthouse::store
