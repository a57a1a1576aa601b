// Finds what an IMAP section names in a parsed message: "", "1.2", "1.2.MIME", "3.HEADER", "TEXT".
// Guarantees: a range within the message; part numbers of a single-part message and of messages inside messages as
// IMAP demands. Threads: pure functions. RFC 9051 6.4.5.1, RFC 3516 4.2 (section-binary).
#pragma once

#include <string>
#include <string_view>

#include "ph/mime/tree.hpp"
#include "ph/result.hpp"

namespace ph::mime {

struct Range {
  size_t offset = 0;
  size_t size = 0;
  PartIndex part = kNoPart;  // the part the numbers name; the root for "", HEADER and TEXT
};

// numbers: "1.2.3"; NotFound when there is no such part, Invalid when it is no part number. A trailing number of a
// non-multipart message names that message's own body, so the result may be the root or an enclosed message.
Result<PartIndex> findPart(const Tree& tree, std::string_view numbers);

// Any section without HEADER.FIELDS (use HEADER, then header::subset). Case ignored.
Result<Range> findSection(const Tree& tree, std::string_view section);

// The IMAP number of a part ("2.1"); empty for a root that is a multipart.
std::string partNumber(const Tree& tree, PartIndex part);

}  // namespace ph::mime
