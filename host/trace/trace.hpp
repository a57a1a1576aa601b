// The histories of messages: what the log said of them, kept apart in data/trace for the question "why?".
// Guarantees: never more than `bytes` on the disk, the oldest go first; adding never waits for the disk to sync. What
// was said in the last half second may be missing after a crash. Threads: all from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "log/log.hpp"
#include "ph/result.hpp"

namespace posthouse::trace {

// One thing that happened to a message, or to a notification about it.
struct Step {
  int64_t ms = 0;  // Unix time
  std::string txn;
  std::string module;  // "queue", or the plugin
  std::string text;
  json::Value fields;  // the rest of the line
};

struct Story {
  std::string txn;
  std::vector<Step> steps;  // in their order
};

class Trace {
 public:
  // Makes the folder.
  static ph::Result<std::unique_ptr<Trace>> open(const std::string& folder, uint64_t bytes);
  ~Trace();  // flushes

  void add(const log::Line& line);
  // Writes what was added. Somebody calls it now and then.
  void flush();
  // The newest `max` messages that have this Message-ID, address, id in the log or connection; the newest last.
  ph::Result<std::vector<Story>> find(std::string_view what, size_t max);

 private:
  Trace(std::string folder, uint64_t bytes);
  void write();  // with the mutex
  std::string path(uint64_t number) const;
  std::vector<std::string> files();

  const std::string folder_;
  const uint64_t fileBytes_;
  std::mutex mutex_;
  std::string buffer_;
  std::deque<uint64_t> numbers_;  // files, the newest last
  uint64_t size_ = 0;             // of the newest
  int fd_ = -1;
};

}  // namespace posthouse::trace
