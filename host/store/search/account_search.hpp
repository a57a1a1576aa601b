// AccountSearch: which messages of an account can hold a text, and the work that keeps its search.db up to date.
// Guarantees: a message that holds the text is always among the candidates, whatever the index knows: what it does not
// know is a candidate. Nothing that happens to search.db harms mail; a damaged one is made anew.
// Threads: any for candidates(); step() and reset() one at a time, others wait.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "ph/result.hpp"
#include "store/search/id_ranges.hpp"
#include "store/search/search_db.hpp"
#include "store/types.hpp"

namespace posthouse::store {

class Account;
class Core;

namespace search {

// So much text of one message is indexed; a message with more is always looked at.
inline constexpr std::size_t kMaxText = 16 * 1024 * 1024;

struct Candidates {
  std::vector<Uid> uids;  // in no order, some perhaps twice
  MessageId next = 0;     // where to go on; 0: that was all
};

struct Progress {
  std::uint64_t indexed = 0;  // messages that are there and indexed
  std::uint64_t waiting = 0;
};

class AccountSearch {
 public:
  AccountSearch(Account& account, Core& core);
  ~AccountSearch();

  // Messages of the mailbox that can hold all of `words` in their headers or texts, in bounded pieces; begin with
  // `from` 0. Unavailable: looking at every message is no slower (words too short, no index, a small mailbox).
  ph::Result<Candidates> candidates(MailboxId mailbox, const std::vector<std::string>& words, MessageId from);

  // Indexes some messages: a bounded piece of work, one commit. False: none was left to do.
  ph::Result<bool> step();
  // The step that runs ends with the message it is at, and each later one has one. Any thread.
  void hurry() { hurry_ = true; }
  // Throws the index away; step() makes it anew.
  ph::Status reset();
  ph::Result<Progress> progress();
  // Lets go of connections, descriptors and caches; the next call takes them again. False: it is in use.
  bool rest();

 private:
  struct Pending {
    MessageId id = 0;
    std::string parts, hash, envelope;
  };

  ph::Status ensureOpen(bool create);
  ph::Status openLocked(bool create);
  ph::Status discardLocked();
  ph::Status refuseForeign(SearchDb& db, const IdRanges& done);
  ph::Status checkRoom();
  ph::Result<bool> stepLocked();
  ph::Result<std::vector<Pending>> pending(const IdRanges& done);
  ph::Status indexAll(std::vector<Pending>& messages, IdRanges& done);
  std::optional<std::string> textOf(const Pending& message);
  ph::Result<bool> isOutgrown();
  ph::Result<std::vector<MessageId>> match(const std::string& expression, MessageId from, std::size_t limit);

  Account& account_;
  Core& core_;
  const std::string path_;

  std::mutex stepMutex_;
  std::atomic<bool> hurry_{false};  // somebody waits for the end of the step
  std::shared_mutex gate_;          // exclusive while the files are replaced
  std::optional<SearchDb> writer_;
  MessageId passed_ = 0;  // what this pass has looked at
  std::mutex readersMutex_;
  std::optional<SearchDb> reader_;  // one that nobody uses

  std::atomic<bool> isDamaged_{false};  // a reader found out; the next step begins anew

  std::mutex stateMutex_;
  std::shared_ptr<const IdRanges> done_;  // none: not opened
  std::shared_ptr<const std::vector<MessageId>> loose_;
};

}  // namespace search
}  // namespace posthouse::store
