// Threads of messages: who answers whom.
// Guarantees: each message appears once, whatever the references say (loops, doubles, themselves); no recursion, so
// that no chain is too long. Threads: pure functions. RFC 5256 3 (THREAD), 4 (THREAD response).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ph::imap {

struct ThreadMessage {
  std::uint32_t number = 0;             // as the response shows it; not 0
  std::string messageId;                // normal form, without brackets; empty: none
  std::vector<std::string> references;  // the oldest first
  std::string subject;                  // collation key of the base subject
  bool isReply = false;                 // or forwarded, by its subject
  std::int64_t sent = 0;
};

// A message, or a place where one is missing (number 0), with its answers.
struct ThreadNode {
  std::uint32_t number = 0;
  std::vector<std::size_t> children;  // places in ThreadForest::nodes
};
struct ThreadForest {
  std::vector<ThreadNode> nodes;
  std::vector<std::size_t> roots;
};

// The messages come in the order of the mailbox.
ThreadForest threadByReferences(const std::vector<ThreadMessage>& messages);
ThreadForest threadByOrderedSubject(const std::vector<ThreadMessage>& messages);

// *thread-list, without blanks between.
std::string threadText(const ThreadForest& forest);

}  // namespace ph::imap
