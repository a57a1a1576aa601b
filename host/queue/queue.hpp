// Mail to be delivered later: durable before submit() returns, carried out by transports, told of when it fails.
//
// The spool (spool.hpp) is the truth for "there is a message", queue.db (ledger.hpp) for what became of it. Due work is
// found through an index; memory holds only what is being carried. Local recipients go the same way, through a
// transport of the queue's own. docs/design/queue.md has the rules.
// Threads: all from any thread; submit() and the lists block for the disk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "env/env.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "mail/message.hpp"
#include "queue/attempt.hpp"
#include "queue/hold.hpp"
#include "queue/ledger.hpp"
#include "queue/listing.hpp"
#include "queue/spool.hpp"

namespace posthouse::queue {

// Delivers one local recipient. The key makes a repeat harmless.
using LocalDelivery = std::function<Outcome(const Envelope&, const Envelope::Recipient&, const std::string& key,
                                            const mail::MessageRef& message)>;

// Where a notification for an address goes: to accounts here, or elsewhere. Local without accounts: nowhere.
struct Resolved {
  bool local = false;
  std::vector<std::string> accounts;
};

struct Surroundings {
  env::Env& env;
  std::string folder;
  jobs::Pool& diskPool;
  jobs::Pool& hookPool;
  jobs::Timers& timers;
  LocalDelivery deliver;
  std::function<Resolved(const std::string& address)> resolve;
  std::function<int64_t()> now;                // Unix seconds
  std::function<uint32_t(uint32_t n)> random;  // 0 to n-1
  // Tells the event log what became of mail of an account; `data` is a JSON object.
  std::function<void(std::string_view name, const std::string& account, const std::string& data)> publish{};
  // Header fields to put on top of mail of our own users and of the server itself (RFC 6376 5). Temporary: it waits.
  std::function<ph::Result<std::string>(const Envelope&, const std::string& headers, const mail::Message& message)>
      sign{};
};

class Operations;

class Queue final : public Depot {
 public:
  Queue(Surroundings surroundings, Settings settings);
  ~Queue();

  // From the next attempt on.
  void setSettings(Settings settings);
  // Compares spool and database and goes on with what is there.
  ph::Status start();
  // Begins nothing more.
  void pause();
  // Begins nothing more, asks attempts to end and waits for them: for local deliveries as long as they take, for others
  // until `patience` is over. False: some have not ended.
  bool stop(std::chrono::milliseconds patience = std::chrono::seconds(10));
  // `headers`: complete header lines to put above the message.
  ph::Status submit(Envelope envelope, std::string headers, const mail::Message& message);

  // Who carries mail elsewhere. Conflict: the name is taken.
  ph::Status offer(const void* owner, const std::string& name, std::shared_ptr<Carrier> carrier);
  // Withdraws what `owner` offers and waits for its attempts. False: some have not ended.
  bool withdraw(const void* owner, std::chrono::milliseconds patience);

  // Looks for due work now: the clock was set, or an admin changed something.
  void wake();
  // Waits until all that was due is carried out and written down. False: not by then.
  bool rest(std::chrono::milliseconds patience);
  // What is done once a minute: notifications that are still owed, and what has grown old.
  void sweepNow();
  size_t size() const;  // messages
  int64_t oldest();     // seconds since the oldest message came; 0: there is none
  // Up to `max` recipients behind `after` (RcptInfo::id), in the order they came.
  ph::Result<std::vector<RcptInfo>> list(int64_t after, size_t max);
  // Hold rules, see hold.hpp. Mail that is being carried when a rule comes is not called back.
  ph::Result<std::vector<HoldRule>> holdRules();
  ph::Result<int64_t> addHoldRule(const HoldRule& rule);
  ph::Status removeHoldRule(int64_t id);
  ph::Status release(const HoldRule& which);
  // No transport is offered: why mail for others waits; empty: it does not.
  std::string obstacle() const;

 private:
  friend class Operations;
  // --- Depot
  std::optional<Parcel> pick(const Lane& lane) override;
  void record(const MessageRow& message, const RcptRow& rcpt, const Outcome& outcome,
              std::function<void(bool owed)> done) override;
  void giveBack(const std::vector<RcptRow>& rcpts, int64_t delay, std::function<void()> done) override;
  void recordLane(const Lane& lane, const Outcome& outcome, std::function<void()> done) override;
  void keepHint(const std::string& destination, const std::string& hint, std::function<void()> done) override;
  void notify(int64_t message) override;
  void answered(Attempt& attempt) override;
  void finished(Attempt& attempt) override;

  // While the queue is open.
  ph::Status reading(const std::function<ph::Status(db::Database&)>& reader);
  ph::Status changing(Ledger::Change change);
  // --- start.cpp
  ph::Status takeStock();
  // `rebuilding`: the database is lost, and with it what notifications were made.
  ph::Status takeIn(const std::vector<std::string>& names, bool rebuilding);
  ph::Status openLedger(bool* rebuilding);
  ph::Status clearTombs();
  // --- dispatch.cpp
  struct Found {
    MessageRow message;
    RcptRow rcpt;
    Lane lane;
  };
  void pass();
  void begin(bool local);
  bool beginOne(const std::string& destination);
  void run(const std::shared_ptr<Attempt>& attempt);
  bool started(const std::function<void()>& work, jobs::Pool& pool);
  void ended();
  void arm();
  std::shared_ptr<Carrier> carrierOf(const Lane& lane, const Transport& transport) const;
  // --- pick.cpp
  Lane laneOf(const MessageRow& message, const RcptRow& rcpt, const Settings& settings) const;
  // Both with pickMutex_ held. `from`: where to go on, and then where it was found.
  ph::Result<std::optional<Found>> find(const std::string& destination, const Lane* lane, DueRcpt* from = nullptr);
  ph::Result<std::vector<RcptRow>> together(const Found& found);
  void free(const std::vector<RcptRow>& rcpts);
  // --- watchdog.cpp
  struct Watched {
    uint32_t steps;
    int64_t since;
  };
  void watch();
  // --- gate.cpp
  void passGate(Parcel* parcel);
  // --- events.cpp
  // The texts in `outcome` are the remote's.
  void publish(const char* name, const Envelope& envelope, const std::string& to, const Outcome& outcome,
               const std::string& returnTo = {}) const;
  // --- record.cpp
  struct Decision {
    bool over = false;
    int attempts = 0;
    int64_t due = 0;
    int owed = 0;
    Outcome outcome;
  };
  Decision decide(const MessageRow& message, const RcptRow& rcpt, const Outcome& outcome);
  void post(const MessageRow& message, const RcptRow& rcpt, const Decision& decision, std::function<void(bool)> done);
  void buried(const std::string& name);
  void bury();
  ph::Status learn(db::Database& db, const Envelope& envelope, const RcptRow& rcpt, const Outcome& outcome);
  void told(const Envelope& envelope, const RcptRow& rcpt, const Decision& decision) const;
  void failLane(const Lane& lane, const Outcome& outcome);
  // --- notify.cpp
  ph::Status makeNotification(int64_t message);
  void tell(int64_t message);
  void sweep();

  std::shared_ptr<const Settings> settings() const;
  // Puts what signers give on top of `headers`.
  ph::Status sign(const Envelope& envelope, std::string& headers, const mail::Message& message) const;

  Surroundings s_;
  Spool spool_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::shared_ptr<const Settings> settings_;
  std::map<std::string, std::shared_ptr<Carrier>, std::less<>> offers_;
  std::shared_ptr<Carrier> local_;
  std::map<Attempt*, std::shared_ptr<Attempt>> active_;
  std::map<Attempt*, Watched> watched_;
  std::vector<std::shared_ptr<Attempt>> lost_;       // given up, but their transports have not let go of them
  std::map<std::string, size_t, std::less<>> busy_;  // attempts by destination
  size_t localActive_ = 0;
  std::map<int64_t, bool> telling_;  // messages whose notification is being made; true: then look once more
  size_t messages_ = 0;
  std::atomic<int64_t> suppressions_{0};  // in the list: with none nobody is looked for
  std::vector<std::string> dead_;         // spool files to be removed
  bool burying_ = false;
  size_t running_ = 0;      // jobs of ours in pools
  size_t carrierless_ = 0;  // destinations met in the last pass whose carrier nobody offers; of the pass
  bool wanted_ = false;
  bool passing_ = false;
  bool paused_ = false;
  bool open_ = false;
  std::chrono::steady_clock::time_point passed_{};  // when the last pass ended
  uint64_t alarm_ = 0;                              // timers
  uint64_t soon_ = 0;
  uint64_t sweeper_ = 0;
  std::mutex pickMutex_;
  std::unordered_set<int64_t> inFlight_;     // rcpts.id
  std::map<std::string, DueRcpt> searched_;  // by destination: up to here all that was due is in flight; until a pass
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace posthouse::queue
