// The schema of index.db.
#pragma once

#include "db/database.hpp"

namespace posthouse::store {

inline constexpr std::int32_t kIndexApplication = 0x50484958;  // "PHIX"
inline constexpr int kIndexVersion = 4;

// Fills a new, empty index: tables and the default mailboxes. `now` is the first UIDVALIDITY.
ph::Status buildIndex(db::Database& db, std::int64_t now);

// Adds the tables that an index of this version may lack, because it was made before they were thought of. Changes
// nothing when they are there.
ph::Status completeIndex(db::Database& db);

}  // namespace posthouse::store
