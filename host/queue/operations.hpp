// What an admin sees of the queue and does with it.
// Guarantees: what is changed is durable when the call returns. Each change takes all recipients that fit the filter
// and says how many those were. A recipient that is being carried at this moment is changed too, but the result of its
// attempt still counts: what was delivered is not failed or dropped any more.
// Threads: all from any thread; each blocks for the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mail/message.hpp"
#include "ph/dsn/read.hpp"
#include "ph/result.hpp"
#include "queue/hold.hpp"
#include "queue/listing.hpp"
#include "queue/rows.hpp"
#include "queue/suppression.hpp"

namespace posthouse::queue {

class Queue;

class Operations {
 public:
  explicit Operations(Queue& queue) : queue_(queue) {}

  // --- recipients that wait
  ph::Result<std::vector<RcptInfo>> list(const Filter& filter);
  ph::Result<RcptInfo> show(int64_t rcpt);  // NotFound
  ph::Result<std::vector<DestinationInfo>> summary();
  // The message of a recipient as it will be sent. NotFound.
  ph::Result<mail::MessageRef> message(int64_t rcpt);
  ph::Result<size_t> hold(const Filter& filter);
  ph::Result<size_t> unhold(const Filter& filter);
  ph::Result<size_t> retryNow(const Filter& filter);
  ph::Result<size_t> rescheduleAt(const Filter& filter, int64_t unixSeconds);
  // Moves the next attempt, by seconds from when it would be.
  ph::Result<size_t> rescheduleBy(const Filter& filter, int64_t seconds);
  // Empty: as the routes say. NotFound: there is no such transport.
  ph::Result<size_t> setTransport(const Filter& filter, const std::string& name);
  // Of whole messages, for all their recipients.
  enum class Tls { Default, Required, Optional };
  ph::Result<size_t> setTls(const Filter& filter, Tls tls);
  // Gives up; the sender is told as of any failure.
  ph::Result<size_t> fail(const Filter& filter, const std::string& why = {});
  // Forgets them; nobody is told.
  ph::Result<size_t> drop(const Filter& filter);

  // --- what is over
  ph::Result<std::vector<RetiredInfo>> retired(const RetiredFilter& filter);
  // A notification came in for `address`: what it says is kept with the mail it is about, told as an event, and put on
  // the suppression list when that fills by itself. NotFound: it is about no mail of ours.
  ph::Status notified(const std::string& address, const ph::dsn::Received& report);

  // --- the suppression list
  ph::Result<std::vector<Suppression>> suppressions(const std::string& account, const std::string& address = {});
  ph::Status suppress(const std::string& account, const std::string& address,
                      const std::string& reason);                                 // Conflict: it is already
  ph::Status unsuppress(const std::string& account, const std::string& address);  // NotFound

 private:
  using Change = std::function<ph::Status(db::Database&, const RcptRow&)>;
  // Does `change` for all recipients that fit, and settles their destinations.
  ph::Result<size_t> each(const Filter& filter, const Change& change);

  Queue& queue_;
};

}  // namespace posthouse::queue
