// One loaded plugin: its life cycle and all it registered, so that the host can take everything back.
// Threads: life cycle by one thread at a time; the register functions from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "config/node.hpp"
#include "log/log.hpp"
#include "ph/draft/host/config.h"
#include "ph/draft/host/session.h"
#include "ph/entry.h"
#include "ph/result.hpp"
#include "plugin/core.hpp"
#include "plugin/manifest.hpp"

namespace posthouse::net {
class Listener;
class Outgoings;
}  // namespace posthouse::net
namespace posthouse::pipeline {
class Health;
}

// The read-only tree a plugin is configured with.
struct ph_config {
  posthouse::config::Node node;
};

namespace posthouse::plugin {

// Degraded: a hook is at fault too often and not called for a while. Quarantined: its calls do not return, nothing of
// it is called any more. Abandoned: stopped, but a call into it never returned, so it is never destroyed.
enum class State { Loaded, Running, Degraded, Quarantined, Stopped, Failed, Abandoned };
const char* stateName(State s);

// How an instance is doing, for people and metrics.
struct Report {
  struct Hook {
    std::string name;
    int stage = 0;
    bool open = false;  // not called for now
  };
  std::string id;
  std::string version;
  State state = State::Loaded;
  std::string reason;  // why it does not run
  size_t lateCalls = 0;
  size_t stuckCalls = 0;
  std::vector<Hook> hooks;
};

class Instance {
 public:
  // `table`: how the plugin asks for interfaces.
  Instance(Core& core, Manifest manifest, const ph_descriptor* descriptor,
           const void* (*table)(const ph_host*, const char* id));
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Makes the plugin and lets it judge its options; begin() applies them and starts it. On failure everything is undone
  // and reason() says why.
  bool create(config::Node options);
  bool begin();
  // Instead of both, for a host that has less than the plugin requires: it is configured and not started, and only
  // asked for what it offered when it was made.
  bool createOffline(config::Node options);
  // Of a running plugin: lets it judge new options and keeps them for applyConfig(). An error changes nothing.
  ph::Status checkConfig(config::Node options);
  ph::Status applyConfig();
  // Ends sessions, jobs, hooks and timers, then the plugin. What does not end in time is abandoned, never destroyed.
  void takeDown(uint32_t deadlineMs);

  State state() const;    // any thread
  Report report() const;  // any thread, as long as the instance is there
  bool running() const { return state() == State::Running || state() == State::Degraded; }
  const std::string& reason() const { return reason_; }
  const Manifest& manifest() const { return manifest_; }
  Core& core() const { return core_; }
  const log::Log& log() const { return log_; }
  static Instance* of(const ph_host* host) { return static_cast<Instance*>(host->ctx); }

  // Only what is not running yet may say what it offers.
  bool mayRegister() const { return state_ == State::Loaded; }
  // What it was to offer is refused: logged, and the end of a create() that does not look at answers.
  void refused(const std::string& what);
  // It runs, or is ready to be asked without being started, see createOffline().
  bool mayBeCalled() const { return running() || offline_; }

  // --- what the C tables call ----------------------------------------------------------------------------------
  ph_status addProtocol(const ph_protocol& protocol);
  const ph_protocol* protocol(const std::string& name) const;
  void addListener(std::shared_ptr<net::Listener> listener);
  // Something of the plugin is under way that will call it: between the two it is not destroyed. False: too late.
  bool beginJob();
  void endJob();
  // Calls that are judged as hooks are, without being one.
  bool admitsCall() const;
  void callLate() const;
  void callStuck() const;
  void callReturned(bool wasStuck) const;
  net::Outgoings& outgoings() const { return *outgoings_; }
  ph_status runJob(int32_t pool, void (*fn)(void*), void* ctx);
  ph_status schedule(int32_t pool, uint32_t delayMs, uint32_t periodMs, void (*fn)(void*), void* ctx, uint64_t* id);
  ph_status cancel(uint64_t id);
  ph_status subscribe(void (*fn)(void*, uint64_t), void* ctx);

 private:
  struct Timer;
  bool fail(const std::string& reason);
  ph::Result<std::unique_ptr<ph_config>> judged(config::Node options) const;
  bool jobsEnded(uint32_t ms);
  bool sessionsEnded(uint32_t ms);
  void undo(uint32_t deadlineMs);
  ph::Status call(const char* what, std::chrono::milliseconds patience, std::function<ph_status(ph_error*)> fn);
  ph::Status configure(const ph_config* config, bool checkOnly);
  void quarantine();
  std::vector<std::shared_ptr<net::Listener>> listeners() const;
  void tellSessions(uint32_t why);
  // Every call into the plugin is marked, for the case that it crashes.
  void called(void (*fn)(void*), void* ctx) const;
  void fire(const std::shared_ptr<Timer>& timer);

  Core& core_;
  Manifest manifest_;
  const ph_descriptor* descriptor_;
  log::Log log_;
  ph_host host_{};
  const ph_plugin* plugin_ = nullptr;
  std::unique_ptr<ph_config> config_;
  std::unique_ptr<ph_config> next_;  // judged, not yet applied
  std::atomic<State> state_{State::Loaded};
  std::shared_ptr<pipeline::Health> health_;
  std::string reason_;
  bool started_ = false;
  bool offline_ = false;
  std::string refused_;
  bool hung_ = false;  // a call of the life cycle did not return

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::string, ph_protocol> protocols_;
  std::vector<std::shared_ptr<net::Listener>> listeners_;
  const std::shared_ptr<net::Outgoings> outgoings_;
  std::map<uint64_t, std::shared_ptr<Timer>> timers_;
  uint64_t nextTimer_ = 1;
  std::vector<uint64_t> subscriptions_;
  size_t jobs_ = 0;
  bool stopping_ = false;
};

}  // namespace posthouse::plugin
