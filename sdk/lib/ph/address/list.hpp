// Address lists of message headers (From, To, Cc, ...): tolerant parsing, careful formatting.
// Guarantees: any bytes give a list, in linear time; comments and folding are dropped (a comment after a bare
// address becomes its name), obsolete routes are dropped, what cannot be understood is skipped and counted.
// Names keep their encoded words (see ph/charset/words.hpp). Domains stay as written. Threads: pure functions.
// RFC 5322 3.4, 4.4, RFC 6532 3.2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph::address {

struct Mailbox {
  std::string name;       // display name, unquoted, encoded words not decoded
  std::string localpart;  // unquoted
  std::string domain;     // empty when the text had none
  bool operator==(const Mailbox&) const = default;
};

// A mailbox, or a group with a name (mailbox.name) and members.
struct Address {
  bool isGroup = false;
  Mailbox mailbox;
  std::vector<Mailbox> members;
};

struct AddressList {
  std::vector<Address> addresses;
  size_t skipped = 0;  // syntax errors passed over
};

inline constexpr size_t kMaxAddresses = 100'000;  // mailboxes and groups of one list; the rest is skipped

// value: a field value, folded or not.
AddressList parseList(std::string_view value);

// All mailboxes, group members included, in order.
std::vector<Mailbox> mailboxes(const AddressList& list);

// "Name <local@domain>" for a header: quotes or encodes the name as needed; never yields CR, LF or NUL.
std::string formatMailbox(const Mailbox& mailbox);

}  // namespace ph::address
