// Annotations as IMAP speaks of them: names of entries, and METADATA responses. RFC 5464 3.2, 4.4, 5, RFC 9590.
#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace ph_imap {

// An entry's name in lower case; a bad one fails the parser (RFC 5464 3.2).
std::string parseEntry(ph::imap::Parser& parser);
// entries = entry / "(" entry *(SP entry) ")"
std::vector<std::string> parseEntries(ph::imap::Parser& parser);

// Untagged METADATA with values; NIL for what is not set. Nothing when there are none.
void writeMetadata(Session& s, std::string_view mailbox, const std::vector<ph::Annotation>& annotations);

}  // namespace ph_imap
