#include "commands/commands.hpp"

#include <algorithm>
#include <condition_variable>

#include "log/log.hpp"

namespace posthouse::commands {
namespace {
const log::Log kLog("commands");
// How far over its deadline a call is stuck, at least.
constexpr auto kGrace = std::chrono::milliseconds(1000);
}  // namespace

// Between the thread that waits and the one that works; the last of them takes it along.
class Commands::Running : public std::enable_shared_from_this<Running> {
 public:
  Running(CommandPtr command, Caller caller, json::Value args)
      : command_(std::move(command)), call_(command_, std::move(caller), std::move(args)) {}

  const Command& command() const { return *command_; }

  void work(jobs::Pool& pool) {
    Handler& handler = *command_->handler;
    ph::Status s = ph::Error{ph::Kind::Cancelled, "its time was over before a thread was free"};
    bool call = false;
    {
      std::lock_guard lock(mutex_);
      call = called_ = !call_.cancelled();
    }
    if (call) {
      // A plugin's own guard is the reliable one; this net holds only what shares our C++ runtime.
      try {
        s = handler.run(call_);
      } catch (...) {
        s = ph::Error{ph::Kind::Bug, "exception out of a command"};
      }
    }
    {
      std::lock_guard lock(mutex_);
      returned_ = true;
      if (late_) {
        pool.overtime(-1);
        handler.returned(stuck_);
      } else {
        outcome_ = call_.outcome(s);
      }
      over_.notify_all();
    }
    handler.end();
  }

  ph::Result<json::Value> wait(jobs::Pool& pool, jobs::Timers& timers) {
    std::unique_lock lock(mutex_);
    if (over_.wait_for(lock, command_->deadline, [this] { return returned_; })) return std::move(outcome_);
    call_.cancel();
    if (!called_) return ph::Error{ph::Kind::Limit, "all threads of the plugins are busy"};
    late_ = true;
    kLog.warn("command is late", {{"plugin", command_->plugin}, {"command", command_->words}});
    command_->handler->late();
    pool.overtime(1);
    timers.add(std::max(kGrace, command_->deadline), {}, [self = shared_from_this()] {
      std::lock_guard inner(self->mutex_);
      if (self->returned_) return;
      self->stuck_ = true;
      self->command_->handler->stuck();
    });
    return ph::Error{ph::Kind::Timeout, "the plugin " + command_->plugin + " did not answer in time"};
  }

  void cancel() { call_.cancel(); }

 private:
  const CommandPtr command_;
  Call call_;
  std::mutex mutex_;  // of the rest
  std::condition_variable over_;
  ph::Result<json::Value> outcome_{ph::Error{}};
  bool called_ = false;
  bool returned_ = false;
  bool late_ = false;
  bool stuck_ = false;
};

ph::Status Commands::add(const void* owner, CommandPtr command) {
  if (auto s = check(*command); !s) return s;
  std::lock_guard lock(mutex_);
  for (const auto& words : reserved_) {
    if (clash(words, command->words)) return ph::Error{ph::Kind::Conflict, "the server has a command '" + words + "'"};
  }
  for (const auto& e : entries_) {
    if (clash(e.command->words, command->words))
      return ph::Error{ph::Kind::Conflict, "the plugin " + e.command->plugin + " has '" + e.command->words + "'"};
  }
  const auto at =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.command->words > command->words; });
  entries_.insert(at, {owner, std::move(command)});
  return {};
}

void Commands::remove(const void* owner) {
  std::lock_guard lock(mutex_);
  std::vector<CommandPtr> gone;
  for (const auto& e : entries_) {
    if (e.owner == owner) gone.push_back(e.command);
  }
  std::erase_if(entries_, [&](const Entry& e) { return e.owner == owner; });
  for (const auto& r : running_) {
    if (std::any_of(gone.begin(), gone.end(), [&](const auto& c) { return c.get() == &r->command(); })) r->cancel();
  }
}

std::vector<CommandPtr> Commands::all() const {
  std::lock_guard lock(mutex_);
  std::vector<CommandPtr> out;
  for (const auto& e : entries_) out.push_back(e.command);
  return out;
}

CommandPtr Commands::find(const std::string& words) const {
  std::lock_guard lock(mutex_);
  const auto i =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.command->words == words; });
  return i == entries_.end() ? nullptr : i->command;
}

ph::Result<json::Value> Commands::run(const CommandPtr& command, Caller caller, json::Value args) {
  auto running = std::make_shared<Running>(command, std::move(caller), std::move(args));
  {
    std::lock_guard lock(mutex_);
    const bool there =
        std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.command == command; });
    // The owner's stop waits for what was begun.
    if (!there || !command->handler->begin())
      return ph::Error{ph::Kind::Unavailable, "the plugin " + command->plugin + " does not run"};
    running_.insert(running);
  }
  ph::Result<json::Value> out = ph::Error{ph::Kind::Limit, "all threads of the plugins are busy"};
  if (pool_.run([running, &pool = pool_] { running->work(pool); })) {
    out = running->wait(pool_, timers_);
  } else {
    command->handler->end();
  }
  std::lock_guard lock(mutex_);
  running_.erase(running);
  return out;
}

}  // namespace posthouse::commands
