// The rows of queue.db as values, and the steps that read and change them. Each takes the connection it works on.
// Guarantees: after every step `destinations.due` is right for the destinations it touched.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "db/database.hpp"
#include "queue/envelope.hpp"
#include "queue/schema.hpp"

namespace posthouse::queue {

struct RcptRow {
  int64_t id = 0;
  int64_t message = 0;
  Envelope::Recipient rcpt;
  std::string destination;
  std::string transport;
  int state = 0;
  int owed = 0;
  int attempts = 0;
  int64_t due = 0;
  int64_t last = 0;
  Outcome outcome;  // of the last attempt
};

struct MessageRow {
  int64_t id = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  Envelope envelope;  // without recipients
  int told = 0;
};

struct Place {
  std::string destination;
  int64_t due = 0;
};

// "account:NAME" for a local recipient, else the domain in A-labels.
std::string destinationOf(const Envelope::Recipient& rcpt);
bool isLocal(std::string_view destination);

// --- reading -------------------------------------------------------------------------------------------------------

// Destinations with something due by `now`, the longest waiting first.
ph::Result<std::vector<Place>> dueDestinations(db::Database& db, bool local, int64_t now, size_t max);
// The next moment after `now` at which something becomes due; 0: never.
ph::Result<int64_t> nextDue(db::Database& db, int64_t now);
struct DueRcpt {
  int64_t due;
  int64_t id;
};
// Recipients of a destination that are due, in order; from behind (`due`, `id`) of the last page. From the index alone:
// many of them may be in flight.
ph::Result<std::vector<DueRcpt>> dueRcpts(db::Database& db, const std::string& destination, int64_t now,
                                          const DueRcpt& after, size_t max);
ph::Result<std::vector<RcptRow>> rcptsOf(db::Database& db, int64_t message);
ph::Result<RcptRow> rcptRow(db::Database& db, int64_t id);             // NotFound
ph::Result<MessageRow> messageRow(db::Database& db, int64_t message);  // NotFound
ph::Result<std::string> hintOf(db::Database& db, const std::string& destination);
ph::Result<std::vector<int64_t>> owing(db::Database& db, size_t max);  // messages that owe a notification

// --- changing ------------------------------------------------------------------------------------------------------

// Adds a message. `state`: of its recipients.
ph::Result<int64_t> insertMessage(db::Database& db, const Envelope& envelope, uint64_t offset, uint64_t size,
                                  int state);
// The recipient goes on waiting, until `due`. `owed` 0: what it owed before.
ph::Status postpone(db::Database& db, const RcptRow& row, const Outcome& outcome, int attempts, int64_t now,
                    int64_t due, int owed);
// Nothing more will be tried. With `owed` it stays until the notification is made, else it retires.
ph::Status conclude(db::Database& db, const RcptRow& row, const Outcome& outcome, int attempts, int64_t now, int owed,
                    int64_t keepUntil);
// A notification was made of what these recipients (id, owed) owed: those that waited for it only retire. What they owe
// since then stays.
ph::Status settleOwed(db::Database& db, int64_t message, const std::vector<std::pair<int64_t, int>>& rcpts, int64_t now,
                      int64_t keepUntil);
// Writes down anew when the destination has something due.
ph::Status settle(db::Database& db, const std::string& destination);
// Only the time of the next attempt.
ph::Status defer(db::Database& db, const RcptRow& row, int64_t due);
// Forgets the message with all its recipients; its file may go.
ph::Status dropMessage(db::Database& db, int64_t message);
ph::Status setHint(db::Database& db, const std::string& destination, const std::string& hint, int64_t now);

// --- the end of spool files ----------------------------------------------------------------------------------------

// When no recipient of the message is left: its row becomes a tombstone. The name of its file, or empty.
ph::Result<std::string> buryIfOver(db::Database& db, int64_t message);

}  // namespace posthouse::queue
