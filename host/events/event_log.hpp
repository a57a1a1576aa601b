// The durable log of what happened outside accounts, with cursors. One SQLite file, written in batches, and a journal
// of what waits for the next batch. Guarantees: seq rises and is never reused; an event outlives the process when
// publish() returns and the machine at most one second later; nobody reads it before that; cursors are durable when
// setCursor returns. Threads: all from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "events/event.hpp"
#include "events/journal.hpp"
#include "ph/result.hpp"

struct sqlite3;

namespace posthouse::events {

class EventLog {
 public:
  // `keep`: the newest events kept.
  static ph::Result<std::unique_ptr<EventLog>> open(const std::string& file, uint64_t keep = 1000000);
  ~EventLog();

  // Temporary: the log can't be written, the event is lost.
  ph::Status publish(std::string_view name, std::string_view account, std::string_view data);
  // Called after a batch was written, with the newest seq, on the log's own thread: be quick.
  uint64_t subscribe(std::function<void(uint64_t)> fn);
  // After return fn is not running and will not be called.
  void unsubscribe(uint64_t id);
  // Conflict: events after `after` were dropped already; *first is the oldest kept.
  ph::Result<std::vector<Event>> read(uint64_t after, size_t max, uint64_t* first);
  ph::Result<uint64_t> cursor(const std::string& owner, std::string_view name);
  ph::Status setCursor(const std::string& owner, std::string_view name, uint64_t seq);
  // The newest seq that can be read; 0: none yet.
  uint64_t last();
  // Waits until everything published is on disk.
  void flush();

 private:
  EventLog(sqlite3* db, Journal journal, uint64_t keep, uint64_t last, std::vector<Event> left);
  void work();
  bool writeBatch(const std::vector<Event>& batch);

  sqlite3* db_;
  const uint64_t keep_;
  std::mutex dbMutex_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  std::vector<Event> pending_;
  Journal journal_;
  uint64_t last_;
  uint64_t durable_;
  bool stopping_ = false;
  bool hurry_ = false;
  std::mutex subscribersMutex_;
  std::map<uint64_t, std::function<void(uint64_t)>> subscribers_;
  uint64_t nextSubscriber_ = 1;
  std::thread thread_;
};

}  // namespace posthouse::events
