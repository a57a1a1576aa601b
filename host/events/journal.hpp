// What was published and is not in the log's database yet: two files that take turns, so that an event outlives the
// process as soon as it was added. Nothing is synced here: what must outlive the machine is in the database.
// Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "env/env.hpp"
#include "events/event.hpp"
#include "ph/result.hpp"

namespace posthouse::events {

class Journal {
 public:
  // Files `path`.0 and `path`.1, made when missing.
  static ph::Result<Journal> open(env::Env& env, const std::string& path);

  // What an earlier process left, in the order of seq. A record that is not whole ends its file.
  ph::Result<std::vector<Event>> left();
  // With the kernel after return, so a killed process does not lose it.
  ph::Status add(const Event& event);
  // The events up to `seq` are in the database. A file that holds no others is emptied, and the next add() goes there.
  void removeUpTo(uint64_t seq);

 private:
  struct Part {
    std::unique_ptr<env::File> file;
    uint64_t size = 0;
    uint64_t last = 0;  // the newest seq in it
  };
  std::array<Part, 2> parts_;
  size_t active_ = 0;
};

}  // namespace posthouse::events
