// A ph.store/1 in memory: one kind of mailbox, no disk, no failures but those a test asks for.
// Threads: one. Watchers are told inside the call that changes something.
#pragma once

#include <ph/draft/host/store.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ph_account;

namespace ph::testkit {

struct StoredMessage {
  uint32_t uid = 0;
  uint64_t id = 0, modseq = 0, created = 0;
  uint32_t flags = 0;
  std::string keywords;
  int64_t internalDate = 0, saveDate = 0;
  int32_t zoneMinutes = 0;
};

// What is computed once per message.
struct Content {
  std::string bytes, envelope, structure, parts, references;
  size_t headerSize = 0;
};

struct Annotated {
  bool isSet = false;
  std::string value;
  uint64_t modseq = 0;
};

struct Mailbox {
  uint64_t id = 0;
  uint32_t use = 0, uidValidity = 0, uidNext = 1;
  bool subscribed = false, exists = true;
  uint64_t modseq = 1, forgotten = 0;  // changes up to `forgotten` can't be told any more
  std::map<uint32_t, StoredMessage> messages;
  std::vector<std::pair<uint64_t, uint32_t>> expunged;  // MODSEQ, UID
};

class Store {
 public:
  static constexpr const char* kId = "testkit.store";

  Store();
  ~Store();
  const ph_store* table() const { return &table_; }
  static Store& of(const ph_host* host);

  // An account with an INBOX. Must be made before a session opens it.
  ph_account& add(const std::string& name);
  Mailbox& mailbox(const std::string& account, const std::string& name);
  // Delivers; answers the UID.
  uint32_t deliver(const std::string& account, const std::string& mailbox, std::string bytes, int64_t date = 0);

  std::map<std::string, std::unique_ptr<ph_account>> accounts;
  int32_t writeFails = 0;  // the status of all writing calls, when not 0
  bool indexed = true;     // false: candidates() knows nothing
  int lookups = 0;         // calls of candidates()
  uint64_t slowMs = 0;     // what each query takes on the host's clock
  int views = 0;           // handles not released
  int opened = 0;          // accounts not released
  int watches = 0;

 private:
  ph_store table_;
};

}  // namespace ph::testkit

// An account's handle is the account.
struct ph_account {
  ph::testkit::Store* store;
  const ph_host* host = nullptr;
  std::string name;
  uint64_t modseq = 1, nextId = 1, nextMailbox = 1, nextWatch = 1;
  std::map<std::string, ph::testkit::Mailbox> mailboxes;
  std::map<uint64_t, std::shared_ptr<const ph::testkit::Content>> contents;
  std::map<uint64_t, std::function<void(uint64_t mailbox, uint64_t modseq)>> watchers;
  std::map<std::pair<uint64_t, std::string>, ph::testkit::Annotated> annotations;  // by mailbox and entry
  std::map<uint64_t, std::map<std::string, uint32_t>> acl;                         // by mailbox and identifier
  int references = 0;
  uint64_t quota = 0;  // bytes; 0: none

  // Of a viewer's handle: what it shows, and to whom.
  ph_account* of = nullptr;
  std::string viewer;
  int handles = 1;

  uint32_t rights(uint64_t mailboxId, const std::string& who) const;

  uint64_t bytes() const;

  // nullptr: there is none.
  ph::testkit::Mailbox* find(uint64_t id);
  ph::testkit::Mailbox* find(std::string_view name);
  ph::testkit::Mailbox& create(const std::string& name, uint32_t use);
  // The next change number; tells the watchers.
  void changed(uint64_t mailboxId);
};
