// Snapshots: copies of an account's index in snapshots/TIME-MODSEQ.db, the last two that are whole.
// Guarantees: a file of that name is complete, passed SQLite's check and is synced; writers do not wait for the copy; a
// failure leaves the account as it is. Internal to the store.
#pragma once

#include "store/core.hpp"

namespace posthouse::store {

struct Snapshot {
  std::string path;
  std::int64_t time = 0;
  ModSeq modSeq = 0;
};

// The newest first. An account without any has no folder for them.
ph::Result<std::vector<Snapshot>> snapshotsOf(env::Env& env, const std::string& folder);

// Takes one, if the last is old enough, the index changed since, and nobody wrote for a while.
ph::Status snapshotIfDue(Core& core);
ph::Status takeSnapshot(Core& core);

// Copies an index to a new file, closed and synced; its name is not.
ph::Status copyIndex(db::Database& from, db::Vfs& vfs, const std::string& to);
// Permanent: SQLite finds it damaged.
ph::Status checkIndex(db::Database& index);

}  // namespace posthouse::store
