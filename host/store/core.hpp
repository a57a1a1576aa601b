// Core: what the parts of Account share. Internal to the store.
// Guarantees: changes are committed in groups by one leader at a time; readers never wait for the disk.
// Threads: any. Lock order: queue, gate, views; watchers are called without any of them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "store/acl.hpp"
#include "store/change.hpp"
#include "store/ids.hpp"
#include "store/last_folder.hpp"
#include "store/message_file.hpp"
#include "store/options.hpp"
#include "store/places.hpp"
#include "store/shapes.hpp"
#include "store/view.hpp"

namespace posthouse::store {

// Below an account's folder: a new index that is whole, but not in place yet.
inline constexpr char kRebuilt[] = "/rebuilt";

class Core {
 public:
  Core(std::string name, std::string folder, db::Vfs& vfs, const Options& options);
  ~Core();
  // Opens the index and tidies what a crash left. `doubtful`: an earlier attempt failed, a sync may be missing.
  ph::Status open(bool doubtful);

  // Lets go of the index, its connections, descriptors and caches, whoever holds the account; the next call that needs
  // them takes them again. False: it is in use, or not sound. Watchers and views that are held stay.
  bool rest();
  bool awake() const { return awake_; }
  // Grows with every use.
  std::int64_t lastUse() const { return lastUse_; }
  // Called when it woke, by the thread that uses it.
  std::function<void()> onWake;
  // How many are awake, of all that share it.
  std::shared_ptr<std::atomic<std::int64_t>> awakeCount;

  const std::string name;
  const std::string folder;
  db::Vfs& vfs;
  env::Env& env;
  const Options& options;

  // What holds for the next commit.
  std::shared_ptr<const AccountSettings> settings() const { return std::atomic_load(&settings_); }
  void setSettings(std::shared_ptr<const AccountSettings> next) { std::atomic_store(&settings_, std::move(next)); }

  // Blocks until the change is durable or failed.
  ph::Status commit(Change& change);
  // Each on its own, in this order; they share commits.
  std::vector<ph::Status> commitAll(const std::vector<Change*>& changes);

  // A connection for reading, given back at the end of its life.
  class Reader {
   public:
    Reader(Core& core, std::shared_lock<std::shared_mutex> gate, std::unique_ptr<db::Database> db);
    Reader(Reader&&) = default;
    Reader& operator=(Reader&&) = delete;
    ~Reader();
    db::Database* operator->() { return db_.get(); }
    db::Database& operator*() { return *db_; }

   private:
    Core& core_;
    std::shared_lock<std::shared_mutex> gate_;
    std::unique_ptr<db::Database> db_;
  };
  ph::Result<Reader> reader();

  ph::Result<std::shared_ptr<const View>> view(MailboxId mailbox);
  std::uint64_t watch(std::function<void(const Notice&)> callback);
  void unwatch(std::uint64_t watcher);

  ph::Result<MessageId> newId() { return newIds(1); }
  ph::Result<MessageId> newIds(int count);
  MessageId idBound();
  std::string groupFolder(MessageId id) const { return folder + "/msg/" + std::to_string(id / kGroup); }
  std::string messagePath(MessageId id) const { return groupFolder(id) + "/" + std::to_string(id); }
  std::string temporaryPath(MessageId id) const { return folder + "/tmp/" + std::to_string(id); }
  ph::Result<MessageFile> message(MessageId id, std::uint64_t offset, std::uint64_t size);
  // On the leader: makes sure the folder for this id exists, names what must be synced.
  ph::Status ensureGroup(MessageId id, std::set<std::string>& folders);
  // On the leader: removes a message file that the index does not name, at the latest before the next group.
  void removeFile(MessageId id);
  // On the leader: a file that has to go unless the index names it after reopening.
  void keepUnsure(MessageId id) { unsure_.push_back(id); }
  // A sync outside the commit failed: no writing before the account was reopened.
  void fail(const ph::Error& error);
  ph::Status removeGarbage(const std::vector<MessageId>& ids);

  // As last committed; without the disk.
  ph::Result<std::shared_ptr<const Acl>> acl();
  // Set before anybody grants rights; makes it known that the account shares something with `grantee`, then commits.
  std::function<ph::Status(const std::string& grantee, const std::function<ph::Status()>& commit)> sharing;

  // Any copy of the index, with the settings of this account's.
  ph::Result<std::unique_ptr<db::Database>> openIndex(const std::string& path, bool readOnly);

  Places places{*this};
  Shapes shapes;

  static constexpr MessageId kGroup = 8192;
  std::function<void()> onArrival;            // set before anybody appends; called after commits that brought messages
  std::atomic<std::int64_t> lastCommit{0};    // when the last group was committed
  std::atomic<std::int64_t> nextSnapshot{0};  // before this nobody needs to look

 private:
  struct Waiting {
    Change* change;
    ph::Status status{};
    bool done = false;
  };

  void commitAll(Waiting* all, std::size_t count);
  void leadFirst(std::unique_lock<std::mutex>& lock);
  void lead(const std::vector<Waiting*>& group, Deltas& committed);
  ph::Status transact(const std::vector<Waiting*>& group, Deltas& committed, bool& unsure);
  void publish(const Deltas& deltas);
  void readAcl();
  ph::Status ensureWritable();
  ph::Status wake();
  // Awake, and does not rest as long as this is held.
  ph::Result<std::shared_lock<std::shared_mutex>> stayAwake();
  void setAwake(bool awake);
  void use() { lastUse_ = std::chrono::steady_clock::now().time_since_epoch().count(); }
  ph::Status connect();
  ph::Status reopen();
  ph::Status rewrite(const std::string& path);
  ph::Status settleUnsure();
  ph::Result<std::unique_ptr<db::Database>> database(bool readOnly) {
    return openIndex(folder + "/index.db", readOnly);
  }
  ph::Status cleanTemporary();

  std::shared_ptr<const AccountSettings> settings_ = std::make_shared<const AccountSettings>();

  std::shared_ptr<const Acl> acl_;  // with std::atomic_load and atomic_store only; nullptr: could not be read

  std::mutex queueMutex_;
  std::condition_variable queueChanged_;
  std::vector<Waiting*> queue_;  // mostly empty: a deque would take 600 bytes for that
  bool leading_ = false;

  // The leader's own.
  std::unique_ptr<db::Database> writer_;
  ModSeq modSeq_ = 0;
  std::set<MessageId> groups_;
  std::vector<MessageId> unsure_;

  std::mutex failureMutex_;
  std::optional<ph::Error> failure_;
  std::chrono::steady_clock::time_point retryAt_{};

  std::atomic<bool> awake_{false};
  std::atomic<std::int64_t> lastUse_{0};
  bool resting_ = false;    // changed under gate_, exclusively
  std::shared_mutex gate_;  // exclusive while the files are replaced, or let go
  std::unique_ptr<Ids> ids_;
  LastFolder lastFolder_;
  std::mutex poolMutex_;
  std::vector<std::unique_ptr<db::Database>> pool_;

  std::mutex viewsMutex_;
  std::map<MailboxId, std::shared_ptr<const View>> views_;
  std::map<MailboxId, ModSeq> published_;

  std::recursive_mutex watchersMutex_;
  std::map<std::uint64_t, std::function<void(const Notice&)>> watchers_;
  std::uint64_t lastWatcher_ = 0;
};

}  // namespace posthouse::store
