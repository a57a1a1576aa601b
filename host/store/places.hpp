// Places: message files of accounts that append often, made ahead in batches, so that an append pays for neither
// making, nor linking, nor naming its file durably. Guarantees: a place is handed out once, and only after its name is
// durable. A file `tmp/FIRST-LAST` names the ids of a batch as long as one of them may be a file without a row: an
// opening account removes those (core_open.cpp). Threads: any, but make() and offer() on one at a time (the append that
// wanted() chose).
#pragma once

#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "ph/result.hpp"
#include "store/types.hpp"

namespace posthouse::store {

class Core;

// The ids that a name in tmp/ stands for: "ID", or "FIRST-LAST" for files made ahead. Anything else names none.
struct NamedIds {
  MessageId first = 1;
  MessageId last = 0;
};
NamedIds idsNamedBy(std::string_view name);

class Places {
 public:
  explicit Places(Core& core) : core_(core) {}

  // An empty file whose name is durable; the caller says settle() when it is a message, or gone.
  std::optional<MessageId> take();
  // `known`: the file is a message, or removed. Otherwise its fate is left to the next opening.
  void settle(MessageId id, bool known);

  // Whether this append, that got no place, is to make some: mail comes often, and nobody else makes them.
  bool wanted();
  // On the leader of a group: names the batch, makes the files. The group's syncs make the names durable.
  ph::Status make(std::set<std::string>& folders);
  // What make() made may be handed out (the group's syncs are done), or goes again.
  void offer(bool durable);

  // Whether this file is a place, handed out or not: neither a message yet nor a stray.
  bool contains(MessageId id);
  // Removes what is ready. For the end, and before files are looked at anew.
  void clear();

 private:
  struct Batch {
    MessageId first;
    MessageId last;
    std::set<MessageId> open;  // neither a message nor gone, as far as is known
  };
  using Batches = std::list<Batch>;

  Batches::iterator find(MessageId id);
  void close(Batches::iterator batch);
  std::string path(const Batch& batch) const;

  Core& core_;
  std::mutex mutex_;
  std::deque<MessageId> ready_;
  Batches batches_;
  std::optional<Batch> making_;
  bool beingMade_ = false;
  int inARow_ = 0;  // appends that got none, each within a second of the one before
  std::int64_t last_ = 0;
};

}  // namespace posthouse::store
