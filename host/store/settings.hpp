// AccountSettings: what the configuration says about one account's mail.
// Guarantees: immutable; a change of configuration replaces the whole, and a commit sees one of them throughout.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/pattern.hpp"

namespace posthouse::store {

// Which mailboxes say that their messages are junk, or are not; see junk_flags.hpp.
struct JunkFlagRules {
  bool enabled = false;
  Pattern junk, neutral, notJunk;
};

struct AccountSettings {
  std::uint64_t quota = 0;  // bytes of all messages, copies counted each; 0: no limit
  JunkFlagRules junkFlags;
  std::string rejectsMailbox;    // copies of refused junk; empty: none are kept
  bool keepRejects = false;      // for good, however many
  std::string introbox;          // mail of unknown senders; empty: goes to INBOX
  std::int64_t keepRemoved = 0;  // seconds that expunged messages can be restored; 0: they are gone at once
};

using SettingsByAccount = std::map<std::string, std::shared_ptr<const AccountSettings>>;

}  // namespace posthouse::store
