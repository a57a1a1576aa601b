// Sends what is to be reported, period by period.
// Guarantees: a report covers whole hours of UTC and is sent once they are over; its rows go when the queue has it, or
// when they are two days old. After a crash a report may be sent again, under the same id. Threads: run() one at a
// time; it asks the network and the disk. RFC 7489 7.2.
#pragma once

#include <functional>
#include <string>

#include "report/destinations.hpp"
#include "report/evaluations.hpp"
#include "report/mail.hpp"

namespace ph_mailauth {

// Seconds of a report: what was asked for, made a divisor of the day that is not longer, at least an hour.
int64_t reportPeriod(uint32_t interval);

struct SenderSettings {
  std::string hostname, from;
  int64_t now = 0;  // Unix seconds
};

class ReportSender {
 public:
  // Gives a message to the queue; not before `holdUntil`.
  using Post = std::function<ph::Status(const std::string& from, const std::string& to, const std::string& message,
                                        int64_t holdUntil)>;
  using Tell = std::function<void(const std::string& domain, const std::string& what)>;

  ReportSender(Evaluations& evaluations, Post post, Tell tell)
      : evaluations_(evaluations), post_(std::move(post)), tell_(std::move(tell)) {}

  // All that is due. What a domain's trouble is, `tell` hears; the others go on.
  ph::Status run(const SenderSettings& settings, Resolver& resolver);

 private:
  ph::Status domain(const std::string& domain, const SenderSettings& settings, Resolver& resolver);
  ph::Status period(const std::string& domain, const Evaluations::Period& due, int64_t begin, int64_t end,
                    const SenderSettings& settings, Resolver& resolver);
  ph::Status send(const AggregateReport& report, const std::vector<Destination>& to, const SenderSettings& settings);

  Evaluations& evaluations_;
  const Post post_;
  const Tell tell_;
};

}  // namespace ph_mailauth
