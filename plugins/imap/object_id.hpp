// Object identifiers: what stays the same of a mailbox, a message, a conversation. RFC 8474 4, 5, 8.1.
//
// A message keeps its id when it is copied or moved, a mailbox its id and UIDVALIDITY when it is renamed. UIDVALIDITY
// is part of a mailbox's because ids begin anew when an index was rebuilt, and UIDVALIDITY never does.
#pragma once

#include <string>

#include "ph/store.hpp"

namespace ph_imap {

// Empty for the user's own; others' begin with what tells accounts apart, for ids are unique in one account only.
inline std::string realmPrefix(uint64_t realm) {
  return realm == 0 ? std::string() : std::to_string(realm) + "-";
}

inline std::string emailId(const ph_row& row) {
  return "M" + realmPrefix(row.realm) + std::to_string(row.id);
}

// With PH_COL_THREADID.
inline std::string threadId(const ph_row& row) {
  return "T" + realmPrefix(row.realm) + std::to_string(row.threadid);
}

inline std::string mailboxId(uint64_t realm, uint64_t id, uint32_t uidValidity) {
  return "F" + realmPrefix(realm) + std::to_string(uidValidity) + "-" + std::to_string(id);
}

}  // namespace ph_imap
