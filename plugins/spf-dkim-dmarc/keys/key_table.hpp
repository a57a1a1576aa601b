// The signing keys in the plugin's database. Threads: as the connection's.
#pragma once

#include <string>
#include <vector>

#include "keys/key.hpp"
#include "ph/db.hpp"

namespace ph_mailauth::keys {

// In the order they were made.
ph::Result<std::vector<Key>> allKeys(ph::Db& db);
// Sets key->id.
ph::Status insertKey(ph::Db& db, Key* key);
ph::Status updateKey(ph::Db& db, const Key& key);
ph::Status deleteKey(ph::Db& db, int64_t id);

}  // namespace ph_mailauth::keys
