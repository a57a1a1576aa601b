// Hold rules: which new mail waits until an admin lets it go.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "queue/envelope.hpp"
#include "queue/schema.hpp"

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
// Adds a rule and holds what waits already where all of its words fit. Its id.
ph::Result<int64_t> addHoldRule(db::Database& db, const HoldRule& rule);
// What it held stays held.
ph::Status removeHoldRule(db::Database& db, int64_t id);  // NotFound
// Lets what is held go on: where all words fit.
ph::Status release(db::Database& db, const HoldRule& which);

}  // namespace posthouse::queue
