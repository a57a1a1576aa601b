// What the commands about access control lists share. RFC 4314 3.
#pragma once

#include <string>

#include "ph/imap/parser.hpp"

namespace ph_imap {

// An identifier, prepared so that two spellings are one (RFC 4314 3, with the profile that replaced SASLprep). A bad
// one fails the parser.
std::string parseIdentifier(ph::imap::Parser& parser);

}  // namespace ph_imap
