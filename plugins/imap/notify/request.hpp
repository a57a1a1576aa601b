// What a client asked NOTIFY for. RFC 5465 3.1, 6, 8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ph/imap/fetch_item.hpp"
#include "ph/imap/parser.hpp"

namespace ph_imap {

enum Event : uint32_t {
  kMessageNew = 1,
  kMessageExpunge = 2,
  kFlagChange = 4,
  kMailboxName = 8,
  kSubscriptionChange = 16,
  kMailboxMetadata = 32,
  kServerMetadata = 64,
  kMessageEvents = kMessageNew | kMessageExpunge | kFlagChange,
};

// As BADEVENT lists them.
inline constexpr std::string_view kEventNames =
    "MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange";

struct NotifyRequest {
  struct Group {
    enum class Where { Personal, Subscribed, Subtree, Mailboxes } where = Where::Personal;
    std::vector<std::string> names;  // canonical
    uint32_t events = 0;
  };
  bool none = false;    // NOTIFY NONE
  bool status = false;  // tell STATUS at once
  bool unknownEvent = false;
  std::vector<Group> groups;
  uint32_t selected = 0;  // events of the selected mailbox
  bool delayed = false;
  std::vector<ph::imap::FetchItem> items;  // of its new messages
  bool isSelectedNamed = false;

  // Of a mailbox that is not selected.
  uint32_t eventsOf(const std::string& name, bool subscribed) const;
  bool wants(uint32_t event) const;
};

// What follows "NOTIFY"; what is wrong is in the parser's status.
NotifyRequest parseNotify(ph::imap::Parser& parser);

}  // namespace ph_imap
