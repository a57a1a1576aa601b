// Names of annotations. RFC 5464 3.2, 5.
#pragma once

#include <string>
#include <vector>

#include "ph/imap/parser.hpp"

namespace ph_imap {

// An entry's name in lower case; a bad one fails the parser (RFC 5464 3.2).
std::string parseEntry(ph::imap::Parser& parser);
// entries = entry / "(" entry *(SP entry) ")"
std::vector<std::string> parseEntries(ph::imap::Parser& parser);

}  // namespace ph_imap
