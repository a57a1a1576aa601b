// Mailbox names: the canonical form, and LIST patterns. Names are UTF-8 with "/" between the levels.
// Threads: pure functions; a ListPattern may be shared once built.
// RFC 9051 5.1 (INBOX, naming), 5.1.1, 6.3.9 (wildcards), RFC 5198 2 (NFC).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace ph::imap {

inline constexpr char kHierarchyDelimiter = '/';
inline constexpr std::string_view kInbox = "INBOX";  // canonical spelling; clients may use any
inline constexpr std::size_t kMaxMailboxName = 1000;
// Below it are the mailboxes of others, RFC 2342 4: "Other Users/NAME/MAILBOX". No account has one of that name.
inline constexpr std::string_view kOtherUsers = "Other Users";

// Whether the name is kOtherUsers or below it.
bool isOtherUsers(std::string_view name);

// NFC, with a first level of INBOX in any case written as kInbox. Invalid: bad UTF-8, control characters, U+2028,
// U+2029, an empty level (so no slash at either end, none doubled), a level "." or "..", a leading "#", too long.
Result<std::string> canonicalMailboxName(std::string_view name);

// The levels above: "a/b/c" gives "a/b"; "" at the top.
std::string_view parentMailbox(std::string_view name);

class ListPattern {
 public:
  // A pattern with "*" (anything) and "%" (anything within a level), brought to NFC if it is UTF-8.
  explicit ListPattern(std::string_view pattern);

  // In time O(pattern * name) whatever the wildcards.
  bool matches(std::string_view name) const;

 private:
  std::string pattern_;  // runs of wildcards reduced to one
};

}  // namespace ph::imap
