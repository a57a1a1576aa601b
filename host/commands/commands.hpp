// The commands that plugins offer, and calls of them.
// Guarantees: no two begin with the same words; a command that was removed is not found any more, and calls of it that
// still run are told that nobody waits. Threads: all from any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "commands/call.hpp"
#include "commands/command.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"

namespace posthouse::commands {

using CommandPtr = std::shared_ptr<const Command>;

class Commands {
 public:
  // `reserved`: words that are taken.
  Commands(jobs::Pool& pool, jobs::Timers& timers, std::vector<std::string> reserved)
      : pool_(pool), timers_(timers), reserved_(std::move(reserved)) {}

  // Invalid, Conflict: why not.
  ph::Status add(const void* owner, CommandPtr command);
  void remove(const void* owner);
  std::vector<CommandPtr> all() const;  // in the order of their words
  CommandPtr find(const std::string& words) const;

  // Runs the handler on the pool and waits for it until its deadline. `args` fit the description.
  ph::Result<json::Value> run(const CommandPtr& command, Caller caller, json::Value args);

 private:
  class Running;
  struct Entry {
    const void* owner;
    CommandPtr command;
  };

  jobs::Pool& pool_;
  jobs::Timers& timers_;
  const std::vector<std::string> reserved_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::set<std::shared_ptr<Running>> running_;
};

}  // namespace posthouse::commands
