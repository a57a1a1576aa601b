// The data items of FETCH, parsed. Threads: plain values.
// RFC 9051 6.4.5, 9 (fetch-att, section), RFC 3501 6.4.5 (RFC822, RFC822.HEADER, RFC822.TEXT), RFC 7162 3.1.4 (MODSEQ),
// RFC 8514 4.2 (SAVEDATE), RFC 8970 3 (PREVIEW), RFC 8474 5.3 (EMAILID, THREADID).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ph/imap/parser.hpp"
#include "ph/imap/partial_range.hpp"

namespace ph::imap {

// section = "[" [section-spec] "]"
struct Section {
  enum class Text { None, Header, HeaderFields, HeaderFieldsNot, Text, Mime };
  std::vector<std::uint32_t> part;  // empty: the message itself
  Text text = Text::None;
  std::vector<std::string> fields;  // of HeaderFields and HeaderFieldsNot, as written
};

// "<" first "." count ">", in octets.
struct Partial {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

struct FetchItem {
  enum class Kind {
    Envelope,
    Flags,
    InternalDate,
    Rfc822,
    Rfc822Header,
    Rfc822Size,
    Rfc822Text,
    Body,
    BodyStructure,
    BodySection,
    Binary,
    BinarySize,
    Uid,
    ModSeq,
    SaveDate,
    Preview,
    EmailId,
    ThreadId
  };
  Kind kind = Kind::Flags;
  bool peek = false;  // BODY.PEEK and BINARY.PEEK: \Seen stays as it is
  bool lazy = false;  // PREVIEW (LAZY)
  Section section;    // of BodySection, Binary and BinarySize
  std::optional<Partial> partial;

  // Whether fetching it sets \Seen (RFC 9051 6.4.5, RFC 3501 6.4.5).
  bool setsSeen() const;
};

// What may follow the items (RFC 7162 3.1.4.1, 3.2.6).
struct FetchModifiers {
  std::optional<std::uint64_t> changedSince;
  bool vanished = false;
  std::optional<PartialRange> partial;  // RFC 9394 3.3
};

// [SP "(" fetch-modifier *(SP fetch-modifier) ")"]; VANISHED without CHANGEDSINCE fails.
FetchModifiers parseFetchModifiers(Parser& parser);

// fetch-att, a macro (ALL FAST FULL, expanded) or a list of fetch-att.
std::vector<FetchItem> parseFetchItems(Parser& parser);

// The item's name in the response: "BODY[1.HEADER]<0>", header field names as astrings.
std::string responseName(const FetchItem& item);

}  // namespace ph::imap
