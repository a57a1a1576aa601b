// Reading the queue for people. Threads: those of the connection.
#pragma once

#include <vector>

#include "db/database.hpp"
#include "queue/listing.hpp"

namespace posthouse::queue {

ph::Result<std::vector<RcptInfo>> listRcpts(db::Database& db, const Filter& filter);
ph::Result<std::vector<RetiredInfo>> listRetired(db::Database& db, const RetiredFilter& filter);
// The one with most recipients first.
ph::Result<std::vector<DestinationInfo>> summary(db::Database& db);

}  // namespace posthouse::queue
