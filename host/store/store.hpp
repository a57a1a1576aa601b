// Store: all accounts below one folder. Opens them on demand and keeps them open.
// Guarantees: one Account object per account; an account exists completely or not at all.
// Threads: any. The Store must outlive the accounts it gave out.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "db/vfs.hpp"
#include "store/account.hpp"
#include "store/options.hpp"
#include "store/search/indexer.hpp"
#include "store/settings.hpp"
#include "store/shares.hpp"

namespace posthouse::store {

struct RebuildReport {
  std::string base;               // the index it began with; empty: none was sound
  std::vector<std::string> said;  // what was found and done, for people
  std::uint64_t added = 0;        // messages whose files no index knew
  std::uint64_t lost = 0;         // messages whose files are gone
};

class Store {
 public:
  // `folder` is data/accounts; it is made when missing.
  Store(env::Env& env, std::string folder, Options options = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // NotFound: no such account; Invalid: not a possible name.
  ph::Result<std::shared_ptr<Account>> open(const std::string& name);
  // For configured accounts, whose store is made with their first mail or login.
  ph::Result<std::shared_ptr<Account>> openOrCreate(const std::string& name);
  // With INBOX, Archive, Drafts, Junk, Sent and Trash. Conflict: exists.
  ph::Result<std::shared_ptr<Account>> create(const std::string& name);
  ph::Result<std::vector<std::string>> accounts();
  // An account that shares something with `viewer`. NotFound: it does not, or there is none.
  ph::Result<std::shared_ptr<Account>> openShared(const std::string& owner, const std::string& viewer);
  // Accounts that perhaps share something with `viewer`; does not wait for the disk.
  std::set<std::string> sharers(std::string_view viewer) const;
  // From now on, for open accounts too; an account without an entry has default settings.
  void setSettings(SettingsByAccount settings);
  // For the command line, while nobody has the account open. `rebuild` makes a new index of the best there is (the
  // account's own if it is sound, else the newest snapshot that is) and the message files; it goes on where an earlier
  // one was ended. `repair` corrects the account's own; Permanent: it is too damaged for that. See
  // docs/design/store.md.
  ph::Result<RebuildReport> rebuild(const std::string& name, const TellProgress& tell = nullptr);
  ph::Result<RebuildReport> repair(const std::string& name, const TellProgress& tell = nullptr);
  // Account::maintain of what changed, and of all others in turn; lets accounts rest that were not used for a while.
  // Blocks for the disk. To be called now and then, every `period` seconds.
  void maintain(std::int64_t period = 30);
  // At most so many accounts are open; the least recently used rest, held or not, and those in use at the moment may be
  // more. An account that rests costs neither descriptors nor caches.
  void setOpenAccounts(std::size_t most);
  // Lets accounts rest until at most `keep` are open, and closes those of them that nobody holds.
  void closeIdle(std::size_t keep);
  // How many are open now.
  std::size_t openNow() const { return static_cast<std::size_t>(std::max<std::int64_t>(0, *awake_)); }

 private:
  struct Slot {
    std::shared_ptr<Account> account;
    std::int64_t maintained = 0;  // when
  };

  ph::Result<std::shared_ptr<Account>> openLocked(const std::string& name);
  std::shared_ptr<const AccountSettings> settingsOf(const std::string& name) const;
  ph::Status build(const std::string& name);
  ph::Status close(const std::string& name);
  std::string movedFolder(const std::string& name) const;
  friend class Rebuild;
  ph::Status takeBack(const std::string& name);
  std::shared_ptr<Account> ifOpen(const std::string& name);
  void keepBound();
  void maintainOne(const std::string& name);
  void maintainClosed(std::int64_t period);
  void lookForShares();

  const Options options_;
  const std::string folder_;
  db::Vfs vfs_;
  std::mutex mutex_;
  std::map<std::string, Slot> open_;
  std::set<std::string> halfMade_;  // renamed into place, but that may not be durable
  std::set<std::string> doubtful_;  // could not be opened completely
  SettingsByAccount settings_;
  std::atomic<std::size_t> most_;
  const std::shared_ptr<std::atomic<std::int64_t>> awake_ = std::make_shared<std::atomic<std::int64_t>>(0);
  std::size_t inTurn_ = 0;
  std::vector<std::string> turn_;  // accounts that maintain() has still to look at, of maintain()'s thread
  std::uint64_t clock_ = 0;
  std::unique_ptr<Shares> shares_;        // may be none
  std::vector<std::string> notLookedAt_;  // for shares, of maintain()'s thread
  bool looking_ = false;
  std::unique_ptr<search::Indexer> indexer_;  // the first to go
};

}  // namespace posthouse::store
