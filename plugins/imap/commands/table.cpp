#include "commands/table.hpp"

#include <algorithm>

namespace ph_imap {

namespace {

// Sorted by name.
constexpr CommandEntry kCommands[] = {
    {"APPEND", kWithAccount, append},
    {"AUTHENTICATE", kNotLoggedIn, authenticate},
    {"CAPABILITY", kAnyState, capability},
    {"CHECK", kSelected, check},
    {"CLOSE", kSelected, close},
    {"COMPRESS", kWithAccount, compress, false, false, "COMPRESS=DEFLATE"},
    {"COPY", kSelected, copy, true},
    {"CREATE", kWithAccount, create},
    {"DELETE", kWithAccount, deleteMailbox},
    {"DELETEACL", kWithAccount, deleteAcl, false, false, "ACL"},
    {"ENABLE", kWithAccount, enable},
    {"ESEARCH", kWithAccount, esearch, true, false, "MULTISEARCH"},
    {"EXAMINE", kWithAccount, examine},
    {"EXPUNGE", kSelected, expunge, true},
    {"FETCH", kSelected, fetch, true, true},
    {"GETACL", kWithAccount, getAcl, false, false, "ACL"},
    {"GETMETADATA", kWithAccount, getMetadata, false, false, "METADATA"},
    {"GETQUOTA", kWithAccount, getQuota, false, false, "QUOTA"},
    {"GETQUOTAROOT", kWithAccount, getQuotaRoot, false, false, "QUOTA"},
    {"ID", kAnyState, idCommand},
    {"IDLE", kWithAccount, idle, false, false, "IDLE"},
    {"LIST", kWithAccount, list},
    {"LISTRIGHTS", kWithAccount, listRights, false, false, "ACL"},
    {"LOGIN", kNotLoggedIn, login},
    {"LOGOUT", kAnyState, logout},
    {"LSUB", kWithAccount, lsub},
    {"MOVE", kSelected, move, true, false, "MOVE"},
    {"MYRIGHTS", kWithAccount, myRights, false, false, "ACL"},
    {"NAMESPACE", kWithAccount, nameSpace, false, false, "NAMESPACE"},
    {"NOOP", kAnyState, noop},
    {"NOTIFY", kWithAccount, notify, false, false, "NOTIFY"},
    {"RENAME", kWithAccount, renameMailbox},
    {"REPLACE", kSelected, replace, true, false, "REPLACE"},
    {"SEARCH", kSelected, search, true, true},
    {"SELECT", kWithAccount, select},
    {"SETACL", kWithAccount, setAcl, false, false, "ACL"},
    {"SETMETADATA", kWithAccount, setMetadata, false, false, "METADATA"},
    {"SORT", kSelected, sort, true, true, "SORT"},
    {"STARTTLS", kNotLoggedIn, starttls},
    {"STATUS", kWithAccount, status},
    {"STORE", kSelected, store, true, true},
    {"SUBSCRIBE", kWithAccount, subscribe},
    {"THREAD", kSelected, thread, true, true},
    {"UNAUTHENTICATE", kWithAccount, unauthenticate, false, false, "UNAUTHENTICATE"},
    {"UNSELECT", kSelected, unselect, false, false, "UNSELECT"},
    {"UNSUBSCRIBE", kWithAccount, unsubscribe},
};

constexpr bool isSorted() {
  for (size_t i = 1; i < std::size(kCommands); ++i) {
    if (!(kCommands[i - 1].name < kCommands[i].name)) return false;
  }
  return true;
}
static_assert(isSorted());

}  // namespace

const CommandEntry* findCommand(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kCommands), std::end(kCommands), name,
                                       [](const CommandEntry& e, std::string_view n) { return e.name < n; });
  return found != std::end(kCommands) && found->name == name ? found : nullptr;
}

}  // namespace ph_imap
