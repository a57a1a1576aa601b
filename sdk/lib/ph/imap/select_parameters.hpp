// What SELECT and EXAMINE may carry in parentheses behind the mailbox. Threads: plain values.
// RFC 7162 3.1.8 (CONDSTORE), 3.2.5 (QRESYNC), 7 (select-param).
#pragma once

#include <cstdint>
#include <optional>

#include "ph/imap/parser.hpp"
#include "ph/imap/sequence_set.hpp"

namespace ph::imap {

// QRESYNC (uidvalidity modseq [known-uids] [(known-sequence-set known-uid-set)])
struct Qresync {
  // Sequence numbers and the UIDs the client believes them to have; both ascend, one of each per pair.
  struct Match {
    NumberSet numbers, uids;
  };
  std::uint32_t uidValidity = 0;
  std::uint64_t modseq = 0;
  std::optional<NumberSet> known;
  std::optional<Match> match;
};

struct SelectParameters {
  bool condstore = false;
  std::optional<Qresync> qresync;
};

// "(" select-param *(SP select-param) ")"
SelectParameters parseSelectParameters(Parser& parser);

}  // namespace ph::imap
