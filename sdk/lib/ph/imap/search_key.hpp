// The SEARCH program as a tree.
// Guarantees: at most kMaxSearchDepth levels and kMaxSearchKeys keys; strings are UTF-8 (US-ASCII is a part of it).
// Threads: plain values. RFC 9051 6.4.4, 9 (search-key), RFC 3501 6.4.4 (NEW OLD RECENT), RFC 4731, RFC 5182,
// RFC 5032 3 (OLDER YOUNGER), RFC 7162 3.1.5 (MODSEQ), RFC 8514 4.3 (SAVED...), RFC 8474 6 (EMAILID THREADID), RFC
// 9394 3.1 (PARTIAL).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ph/date/date.hpp"
#include "ph/imap/parser.hpp"
#include "ph/imap/partial_range.hpp"
#include "ph/imap/sequence_set.hpp"

namespace ph::imap {

inline constexpr int kMaxSearchDepth = 100;
inline constexpr std::size_t kMaxSearchKeys = 10'000;

struct SearchKey {
  enum class Kind {
    All,
    And,
    Or,
    Not,  // children
    Answered,
    Deleted,
    Draft,
    Flagged,
    Seen,  // UNANSWERED is Not(Answered), and so on
    New,
    Old,
    Recent,   // RFC 3501
    Keyword,  // text: the flag
    Bcc,
    Body,
    Cc,
    From,
    Subject,
    Text,
    To,      // text
    Header,  // field and text; text "" asks for presence
    Before,
    On,
    Since,
    SentBefore,
    SentOn,
    SentSince,  // day
    SavedBefore,
    SavedOn,
    SavedSince,
    SaveDateSupported,  // day, but the last
    Larger,
    Smaller,
    Older,
    Younger,
    ModSeq,  // number
    Sequence,
    Uid,  // set
    EmailId,
    ThreadId,  // text: an objectid
  };
  Kind kind = Kind::All;
  std::string text;
  std::string field;
  date::Day day;
  std::uint64_t number = 0;
  SequenceSet set;
  std::vector<SearchKey> children;
};

struct SearchReturn {
  bool given = false;  // RETURN (...): answer with ESEARCH
  bool min = false, max = false, all = false, count = false, save = false;
  std::optional<PartialRange> partial;
};

struct SearchProgram {
  SearchReturn result;
  bool charsetKnown = true;  // false: answer NO [BADCHARSET]; `key` is then not filled
  SearchKey key;             // And of the keys given, or the only one
};

// What follows SEARCH or UID SEARCH, with the blank before it, to the end of the command.
SearchProgram parseSearch(Parser& parser);
// "(" option *(SP option) ")" behind RETURN, with the blank before it.
SearchReturn parseSearchReturn(Parser& parser);
// charset 1*(SP search-key), with the blank before it, to the end of the command (RFC 5256 5: search-criteria).
SearchProgram parseSearchCriteria(Parser& parser);

}  // namespace ph::imap
