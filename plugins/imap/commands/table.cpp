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
    {"COPY", kSelected, copy, true},
    {"CREATE", kWithAccount, create},
    {"DELETE", kWithAccount, deleteMailbox},
    {"ENABLE", kWithAccount, enable},
    {"ESEARCH", kWithAccount, esearch, true},
    {"EXAMINE", kWithAccount, examine},
    {"EXPUNGE", kSelected, expunge, true},
    {"FETCH", kSelected, fetch, true, true},
    {"GETQUOTA", kWithAccount, getQuota},
    {"GETQUOTAROOT", kWithAccount, getQuotaRoot},
    {"ID", kAnyState, idCommand},
    {"IDLE", kWithAccount, idle},
    {"LIST", kWithAccount, list},
    {"LOGIN", kNotLoggedIn, login},
    {"LOGOUT", kAnyState, logout},
    {"LSUB", kWithAccount, lsub},
    {"MOVE", kSelected, move, true},
    {"NAMESPACE", kWithAccount, nameSpace},
    {"NOOP", kAnyState, noop},
    {"RENAME", kWithAccount, renameMailbox},
    {"SEARCH", kSelected, search, true, true},
    {"SELECT", kWithAccount, select},
    {"SORT", kSelected, sort, true, true},
    {"STARTTLS", kNotLoggedIn, starttls},
    {"STATUS", kWithAccount, status},
    {"STORE", kSelected, store, true, true},
    {"SUBSCRIBE", kWithAccount, subscribe},
    {"THREAD", kSelected, thread, true, true},
    {"UNSELECT", kSelected, unselect},
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
