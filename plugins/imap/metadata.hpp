// Annotations as IMAP speaks of them: METADATA responses. RFC 5464 4.4, 5, RFC 9590.
#pragma once

#include <string>
#include <vector>

#include "metadata_entry.hpp"
#include "session.hpp"

namespace ph_imap {

// Untagged METADATA with values; NIL for what is not set. Nothing when there are none.
void writeMetadata(Session& s, std::string_view mailbox, const std::vector<ph::Annotation>& annotations);

// Untagged METADATA that says which entries changed, RFC 5464 4.4.2. `mailbox` empty: of the account.
void writeChangedEntries(Session& s, std::string_view mailbox, const std::vector<std::string>& entries);

}  // namespace ph_imap
