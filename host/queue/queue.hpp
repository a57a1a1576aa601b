// Mail to be delivered later, one spool file per message, durable before submit() returns.
//
// A spool file is data/queue/ID: a JSON line (envelope, recipients left), then the message with its trace fields.
// Local recipients are delivered at once on the disk pool, each under a delivery key, so that a repeat after a crash
// stores nothing twice. Recipients elsewhere wait: outgoing transports take them from here. Nothing leaves before the
// envelope's hold time, whatever the clock did meanwhile.
// Threads: all from any thread; submit() blocks for the disk.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "env/env.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "mail/message.hpp"
#include "ph/result.hpp"

namespace posthouse::queue {

struct Envelope {
  std::string id;
  uint64_t connection = 0;  // that it came over, for logs
  std::string account;      // who submitted it
  std::string reversePath;
  uint32_t flags = 0;     // PH_MAIL_*
  int64_t queuedAt = 0;   // Unix seconds
  int64_t holdUntil = 0;  // Unix seconds: no delivery before, RFC 4865; 0: at once
  struct Recipient {
    std::string forwardPath;
    std::string account;  // empty: not local
    uint32_t number = 0;  // stays with it, part of the delivery key
  };
  std::vector<Recipient> rcpts;
};

// Delivers one local recipient. The key makes a repeat harmless.
using LocalDelivery = std::function<ph::Status(const Envelope&, const Envelope::Recipient&, const std::string& key,
                                               const mail::MessageRef& message)>;

class Queue {
 public:
  Queue(env::Env& env, std::string folder, jobs::Pool& pool, jobs::Timers& timers, LocalDelivery deliver);
  ~Queue();

  // Reads the spool and goes on with what is there.
  ph::Status start();
  // Begins no further delivery and waits for those running.
  void stop();
  // `headers`: complete header lines to put above the message.
  ph::Status submit(Envelope envelope, const std::string& headers, const mail::Message& message);
  size_t size() const;

 private:
  struct Entry {
    Envelope envelope;
    uint64_t messageOffset = 0;
    uint32_t attempts = 0;
    bool busy = false;
  };
  std::string path(const std::string& id) const { return folder_ + "/" + id; }
  ph::Status load(const std::string& id);
  ph::Status writeSpool(const Envelope& envelope, const std::string& headers, const mail::Message& message);
  void schedule(const std::string& id, std::chrono::milliseconds delay);
  // How long an entry must still be held; zero: not at all.
  static std::chrono::milliseconds holdLeft(const Envelope& envelope);
  void attempt(const std::string& id);
  void finish(const std::string& id, Envelope left, bool shrunk);

  env::Env& env_;
  const std::string folder_;
  jobs::Pool& pool_;
  jobs::Timers& timers_;
  LocalDelivery deliver_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::map<std::string, Entry> entries_;
  size_t running_ = 0;
  bool stopping_ = false;
};

}  // namespace posthouse::queue
