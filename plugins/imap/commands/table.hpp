// The commands: name, the states they are allowed in, and what handles them. One file per command beside this one.
// RFC 9051 6.
#pragma once

#include <string_view>

#include "session.hpp"

namespace ph_imap {

// RFC 9051 3.
inline constexpr unsigned kNotLoggedIn = 1;
inline constexpr unsigned kLoggedIn = 2;
inline constexpr unsigned kSelected = 4;
inline constexpr unsigned kWithAccount = kLoggedIn | kSelected;
inline constexpr unsigned kAnyState = kNotLoggedIn | kWithAccount;

// Gets the parser behind the command's name. A command is either refused or answered, or goes on as a task or job.
using Handler = Step (*)(Session& s, ph::imap::Parser& parser);

struct CommandEntry {
  std::string_view name;
  unsigned states;
  Handler handler;
  bool hasUidForm = false;           // "UID name" exists
  bool holdsExpunges = false;        // RFC 9051 7.5.1, for the form without UID
  std::string_view capability = {};  // of the extension it belongs to
};

// name in upper case; nullptr: no such command.
const CommandEntry* findCommand(std::string_view name);

Step append(Session& s, ph::imap::Parser& parser);
Step authenticate(Session& s, ph::imap::Parser& parser);
Step capability(Session& s, ph::imap::Parser& parser);
Step check(Session& s, ph::imap::Parser& parser);
Step close(Session& s, ph::imap::Parser& parser);
Step compress(Session& s, ph::imap::Parser& parser);
Step copy(Session& s, ph::imap::Parser& parser);
Step create(Session& s, ph::imap::Parser& parser);
Step deleteAcl(Session& s, ph::imap::Parser& parser);
Step deleteMailbox(Session& s, ph::imap::Parser& parser);
Step enable(Session& s, ph::imap::Parser& parser);
Step esearch(Session& s, ph::imap::Parser& parser);
Step examine(Session& s, ph::imap::Parser& parser);
Step expunge(Session& s, ph::imap::Parser& parser);
Step fetch(Session& s, ph::imap::Parser& parser);
Step getAcl(Session& s, ph::imap::Parser& parser);
Step getMetadata(Session& s, ph::imap::Parser& parser);
Step getQuota(Session& s, ph::imap::Parser& parser);
Step getQuotaRoot(Session& s, ph::imap::Parser& parser);
Step idCommand(Session& s, ph::imap::Parser& parser);
Step idle(Session& s, ph::imap::Parser& parser);
Step list(Session& s, ph::imap::Parser& parser);
Step listRights(Session& s, ph::imap::Parser& parser);
Step login(Session& s, ph::imap::Parser& parser);
Step logout(Session& s, ph::imap::Parser& parser);
Step lsub(Session& s, ph::imap::Parser& parser);
Step move(Session& s, ph::imap::Parser& parser);
Step myRights(Session& s, ph::imap::Parser& parser);
Step nameSpace(Session& s, ph::imap::Parser& parser);
Step notify(Session& s, ph::imap::Parser& parser);
Step noop(Session& s, ph::imap::Parser& parser);
Step renameMailbox(Session& s, ph::imap::Parser& parser);
Step replace(Session& s, ph::imap::Parser& parser);
Step search(Session& s, ph::imap::Parser& parser);
Step select(Session& s, ph::imap::Parser& parser);
Step setAcl(Session& s, ph::imap::Parser& parser);
Step setMetadata(Session& s, ph::imap::Parser& parser);
Step sort(Session& s, ph::imap::Parser& parser);
Step starttls(Session& s, ph::imap::Parser& parser);
Step status(Session& s, ph::imap::Parser& parser);
Step store(Session& s, ph::imap::Parser& parser);
Step subscribe(Session& s, ph::imap::Parser& parser);
Step thread(Session& s, ph::imap::Parser& parser);
Step unauthenticate(Session& s, ph::imap::Parser& parser);
Step unselect(Session& s, ph::imap::Parser& parser);
Step unsubscribe(Session& s, ph::imap::Parser& parser);

}  // namespace ph_imap
