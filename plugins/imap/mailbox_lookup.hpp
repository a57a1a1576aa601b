// From a name in a command to a mailbox of the account.
#pragma once

#include <string>
#include <string_view>

#include "session.hpp"

namespace ph_imap {

// The mailbox of that name in any spelling. NotFound, or Invalid for a name that can't be.
ph::Result<ph::MailboxInfo> findMailbox(Session& s, std::string_view name);

// "\Drafts" and so on for a use bit; uses in the order of RFC 6154 2; \Important is of RFC 8457 3.
struct UseName {
  uint32_t bit;
  std::string_view name;
};
inline constexpr UseName kUses[] = {
    {PH_USE_ALL, "\\All"},         {PH_USE_ARCHIVE, "\\Archive"},     {PH_USE_DRAFTS, "\\Drafts"},
    {PH_USE_FLAGGED, "\\Flagged"}, {PH_USE_IMPORTANT, "\\Important"}, {PH_USE_JUNK, "\\Junk"},
    {PH_USE_SENT, "\\Sent"},       {PH_USE_TRASH, "\\Trash"}};

}  // namespace ph_imap
