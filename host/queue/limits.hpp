// What one account may submit in a day, so that a stolen password does little harm.
// Threads: those of the connection.
#pragma once

#include <cstdint>

#include "db/database.hpp"
#include "queue/envelope.hpp"

namespace posthouse::queue {

constexpr int64_t kLimitSpan = 86400;  // seconds

struct SendingLimits {
  int64_t messages = 1000;            // a recipient counts as one; 0: no limit
  int64_t firstTimeRecipients = 200;  // to whom the account has never sent before; 0: no limit
};

// Counts a submission. Quota: it goes over a limit; then what was counted must be rolled back.
ph::Status countSubmission(db::Database& db, const Envelope& envelope, const SendingLimits& limits, int64_t now);
// Forgets what no limit asks for any more.
ph::Status forgetSubmissions(db::Database& db, int64_t now);

}  // namespace posthouse::queue
