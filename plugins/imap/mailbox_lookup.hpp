// From a name in a command to a mailbox, of the user's account or of one that shares it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ph/imap/rights.hpp"
#include "session.hpp"

namespace ph_imap {

using ph::imap::Rights;
namespace right = ph::imap::right;

// Whose account a name is in, whether the mailbox exists or not.
struct Home {
  std::shared_ptr<ph::Account> account;
  std::string owner;  // empty: the user
  std::string name;   // as the account has it
};

struct Place {
  Home home;
  ph::MailboxInfo info;  // name_: as the user sees it
  MailboxKey key() const { return {home.owner, info.id}; }
};

// "Other Users/NAME/..." when the mailboxes of others are offered and the user has none of this (older) name.
bool isOfOthers(Session& s, const std::string& canonical);
// Whether a pattern of LIST may match a name of theirs.
bool mayNameOthers(std::string_view pattern);
// The name by which the user sees a mailbox of `owner`.
std::string shownName(const std::string& owner, const std::string& name);

// Goes on with the account of this canonical name; at once for the user's own, on a pool for others'. NotFound: nobody
// of that name shares anything.
Step findHome(Session& s, const std::string& canonical, std::function<Step(Session&, ph::Result<Home>)> then);
// Goes on with the mailbox of that name in any spelling. NotFound, or Invalid for a name that can't be; Denied: it is
// seen, but some of `needed` are missing.
Step findMailbox(Session& s, std::string_view name, Rights needed,
                 std::function<Step(Session&, ph::Result<Place>)> then);

// A line of LIST.
struct Listed {
  enum class Kind {
    Mailbox,
    Namespace,  // a level above the mailboxes of others
    Gap,        // a mailbox that is not seen, but one below it
  };
  Place place;
  Kind kind = Kind::Mailbox;
};
// Goes on with all that the user sees: its own mailboxes, INBOX first, and with `others` those that are shared to it.
Step gatherMailboxes(Session& s, bool others, std::function<Step(Session&, ph::Result<std::vector<Listed>>)> then);

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
