// Hold rules: which new mail waits until an admin lets it go.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "queue/envelope.hpp"

namespace posthouse::queue {

// What is not empty must be the account, the sender's domain, a recipient's domain. All empty: everything.
struct HoldRule {
  int64_t id = 0;
  std::string account;
  std::string fromDomain;
  std::string toDomain;
};

ph::Result<std::vector<HoldRule>> holdRules(db::Database& db);
// New mail meets a rule when any of its words fits.
ph::Result<bool> heldByRule(db::Database& db, const Envelope& envelope);

}  // namespace posthouse::queue
