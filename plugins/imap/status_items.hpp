// The items of STATUS and LIST RETURN (STATUS ...). RFC 9051 6.3.11, RFC 8438 (SIZE), RFC 7889 4 (APPENDLIMIT), RFC
// 9208 4.1.4 (DELETED-STORAGE), RFC 7162 3.1.7 (HIGHESTMODSEQ), RFC 8474 4.3 (MAILBOXID).
#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace ph_imap {

// "(" status-att *(SP status-att) ")"; the names in upper case.
std::vector<std::string> parseStatusItems(ph::imap::Parser& parser);

// The whole untagged STATUS response. `asked`: by a client, who thereby shows that it knows mod-sequences if one is
// among the items (RFC 7162 3.1).
void writeStatus(Session& s, const ph::MailboxInfo& mailbox, const std::vector<std::string>& items, bool asked = true);

}  // namespace ph_imap
