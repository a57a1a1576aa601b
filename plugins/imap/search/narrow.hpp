// What the store's full-text index is asked, so that few messages need to be looked at.
// Guarantees: a message that matches the search is never left out.
// Threads: one user; narrowed() on a pool thread. RFC 9051 6.4.4.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ph/imap/number_set.hpp"
#include "ph/store.hpp"

namespace ph_imap {

struct Narrow {
  std::vector<std::string> words;           // all of them, somewhere in the message
  std::vector<std::vector<Narrow>> either;  // and of each of these, one at least

  bool isEmpty() const { return words.empty() && either.empty(); }
};

// The UIDs that can match; nothing: all can.
std::optional<ph::imap::NumberSet> narrowed(const ph::Account& account, uint64_t mailboxId, const Narrow& narrow);

}  // namespace ph_imap
