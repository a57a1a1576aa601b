// Addresses an account sends nothing to any more: put there by an admin, or because they don't work.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "queue/envelope.hpp"

namespace posthouse::queue {

struct Suppression {
  int64_t id = 0;
  std::string account;
  std::string address;  // as it was when it was added
  bool manual = false;
  std::string reason;
  int64_t since = 0;  // Unix seconds
};

// What spellings of an address have in common: lower case, without dots, and without what follows "+" or "-".
std::string baseAddress(std::string_view address);
// The reply says that mail to this address will not work later either.
bool isHardFailure(const Outcome& outcome);

ph::Result<bool> isSuppressed(db::Database& db, std::string_view account, std::string_view address);
// One that is there already stays as it is; the id, or 0 then.
ph::Result<int64_t> suppress(db::Database& db, const Suppression& suppression);
ph::Status unsuppress(db::Database& db, std::string_view account, std::string_view address);  // NotFound
// Of one account or, with an empty name, of all; with an address only those that mean it.
ph::Result<std::vector<Suppression>> suppressions(db::Database& db, std::string_view account,
                                                  std::string_view address = {});
// The last `count` recipients with this address that were finished all failed. False when there are fewer.
ph::Result<bool> failedOften(db::Database& db, std::string_view account, std::string_view address, int count);

}  // namespace posthouse::queue
