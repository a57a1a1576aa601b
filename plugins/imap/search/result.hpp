// What SEARCH, SORT and ESEARCH answer: results in their order, told as the client asked.
// Threads: one session. RFC 4731, RFC 5182, RFC 5267 3, RFC 7162 3.1.5, RFC 9394 3.1, RFC 9051 7.3.4.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ph/imap/search_key.hpp"
#include "ph/imap/writer.hpp"

namespace ph_imap {

struct Found {
  uint32_t uid = 0;
  uint32_t number = 0;  // as it is told: the UID or the sequence number
  uint64_t modseq = 0;
};

// In the order of the mailbox, or sorted.
using FoundList = std::vector<Found>;

// " MIN 2 MAX 7 ALL 2,5:7 COUNT 3" and so on.
void writeResult(ph::imap::Writer& w, const ph::imap::SearchReturn& asked, const FoundList& found, bool modseq);

// Whether anything is asked for beside SAVE (RFC 5182 2.1).
bool tellsResult(const ph::imap::SearchReturn& asked);

// RFC 4731 3.2: the highest of the messages that are told.
uint64_t modseqOf(const ph::imap::SearchReturn& asked, const FoundList& found);

// The UIDs that SAVE keeps (RFC 9051 6.4.4.1, RFC 9394 3.2).
ph::imap::NumberSet savedOf(const ph::imap::SearchReturn& asked, const FoundList& found);

}  // namespace ph_imap
