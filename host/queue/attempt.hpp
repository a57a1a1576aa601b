// One try at one destination: what a transport sees, message after message, until it calls end().
// Guarantees: a recipient gets at most one result; after end() nothing of it is used any more by the transport. One
// that never ends is given up (watchdog.cpp); what its transport holds of it stays, and its calls have no effect any
// more. Threads: the transport's calls one at a time; cancelled() and the queue's side from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/message.hpp"
#include "ph/draft/host/pipeline.h"
#include "ph/draft/host/transport.h"
#include "queue/envelope.hpp"
#include "queue/routing.hpp"
#include "queue/rows.hpp"

namespace posthouse::queue {

class Attempt;

// Who carries mail out: a plugin's transport, or one of the queue's own.
class Carrier {
 public:
  virtual ~Carrier() = default;
  // [worker] of the hook pool. An error: the attempt is over as with end(), nothing of it may be used.
  virtual ph::Status begin(const std::shared_ptr<Attempt>& attempt) = 0;
  // Asks for an early end(), which may come meanwhile on another thread.
  virtual void cancel(Attempt& attempt) = 0;
  const void* owner = nullptr;  // who offered it
};

// What one attempt may carry: mail for a destination that goes the same way.
struct Lane {
  std::string destination;
  std::string transport;  // name of the configured one, or empty
  uint32_t tls = 0;       // PH_MAIL_REQUIRETLS and PH_MAIL_TLS_OPTIONAL: other rules for the connection
  bool operator==(const Lane&) const = default;
};

// One message with those of its recipients that are tried now.
struct Parcel {
  MessageRow message;
  std::vector<RcptRow> rcpts;
  mail::MessageRef content;
};

// The queue as attempts see it.
class Depot {
 public:
  virtual ~Depot() = default;
  // The next message of the lane, its recipients kept for the caller; none: nothing is left, or the queue stops.
  virtual std::optional<Parcel> pick(const Lane& lane) = 0;
  // Writes down what became of a recipient; `owed` is set when the sender must be told, then `done` runs.
  virtual void record(const MessageRow& message, const RcptRow& rcpt, const Outcome& outcome,
                      std::function<void(bool owed)> done) = 0;
  // Gives recipients back as if not tried; not again before `delay` seconds.
  virtual void giveBack(const std::vector<RcptRow>& rcpts, int64_t delay, std::function<void()> done) = 0;
  // All that waits in the lane failed alike.
  virtual void recordLane(const Lane& lane, const Outcome& outcome, std::function<void()> done) = 0;
  virtual void keepHint(const std::string& destination, const std::string& hint, std::function<void()> done) = 0;
  // Everything of this round is written down, and something is owed.
  virtual void notify(int64_t message) = 0;
  // The first message was taken: the destination answers.
  virtual void answered(Attempt& attempt) = 0;
  // Nothing of the attempt waits to be written down.
  virtual void finished(Attempt& attempt) = 0;
};

class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(Depot& depot, std::shared_ptr<Carrier> carrier, Lane lane, std::shared_ptr<const Settings> settings,
          Transport transport, std::string hint, int earlier);

  // --- for transports, see ph/draft/host/transport.h ---
  void destination(ph_destination* out) const;
  ph_status next(ph_delivery* out);
  ph_status rcpt(size_t index, ph_delivery_rcpt* out) const;
  ph_status result(size_t index, const Outcome& outcome);
  void note(std::string_view text) const;
  void end(const Outcome* overall, std::string_view hint);
  const Parcel* current() const { return parcel_ ? &*parcel_ : nullptr; }

  // --- for the queue ---
  void cancel();   // the carrier is asked to end it, once; not after end()
  void abandon();  // it never began; what waits is as before
  bool cancelled() const { return cancelled_; }
  void expire();  // it does not go on: as cancel(), but what it carries has failed for now
  // It did not end after expire(): its recipients are written down without it. False: not now, somebody is in a call.
  bool giveUp();
  uint32_t steps() const { return steps_; }    // grows while it goes on
  bool returned() const { return returned_; }  // after giveUp(): the transport has called end() in the end
  bool probing() const { return probing_; }
  const Lane& lane() const { return lane_; }
  const Transport& transport() const { return transport_; }
  Carrier& carrier() const { return *carrier_; }

 private:
  // What the results of one message wait for before its sender is told.
  struct Round {
    int64_t message = 0;
    std::atomic<int> left{1};
    std::atomic<bool> owed{false};
  };
  ph_status answer(size_t index, const Outcome& outcome);
  void closeParcel(const Outcome* overall);
  void finish(const Outcome* overall, std::string_view hint);
  void roundLess(const std::shared_ptr<Round>& round);
  void pendingLess();

  Depot& depot_;
  const std::shared_ptr<Carrier> carrier_;
  const Lane lane_;
  const std::shared_ptr<const Settings> settings_;
  const Transport transport_;
  const std::string hint_;
  const int earlier_;
  mutable std::mutex calls_;  // the transport's, and giveUp()
  std::optional<Parcel> parcel_;
  std::optional<Parcel> lost_;  // the transport may still look at it
  std::vector<bool> answered_;
  std::shared_ptr<Round> round_;
  bool began_ = false;  // there was a first message
  std::atomic<bool> probing_{true};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> over_{false};
  std::atomic<bool> expired_{false};
  std::atomic<bool> returned_{false};
  std::atomic<uint32_t> steps_{0};
  std::atomic<int> pending_{1};  // what is to be written down, and one for the transport
};

}  // namespace posthouse::queue
