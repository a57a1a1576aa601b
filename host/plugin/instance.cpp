#include "plugin/instance.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/in_plugin.hpp"
#include "commands/commands.hpp"
#include "commands/pages.hpp"
#include "config/schema.hpp"
#include "dns/resolver.hpp"
#include "events/event_log.hpp"
#include "http/server.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "mx/policies.hpp"
#include "net/listener.hpp"
#include "net/outgoing.hpp"
#include "ph/draft/host/jobs.h"
#include "ph/text.hpp"
#include "pipeline/hooks.hpp"
#include "plugin/bounded_call.hpp"
#include "plugin/data.hpp"
#include "plugin/domain_records.hpp"
#include "plugin/services.hpp"
#include "queue/queue.hpp"
#include "signing/signers.hpp"

namespace posthouse::plugin {

using std::chrono::milliseconds;

namespace {
// For calls that only look or end something, and for those that may have much to prepare.
constexpr milliseconds kPatience{10000};
constexpr milliseconds kStartPatience{60000};
}  // namespace

struct Instance::Timer {
  int32_t pool;
  void (*fn)(void*);
  void* ctx;
  bool periodic;
  uint64_t id;
  uint64_t hostId = 0;
  bool running = false;
  bool cancelled = false;
};

const char* stateName(State s) {
  static constexpr const char* kNames[] = {"loaded",  "running", "degraded", "quarantined",
                                           "stopped", "failed",  "abandoned"};
  return kNames[static_cast<int>(s)];
}

Instance::Instance(Core& core, Manifest manifest, const ph_descriptor* descriptor,
                   const void* (*table)(const ph_host*, const char* id))
    : core_(core),
      manifest_(std::move(manifest)),
      descriptor_(descriptor),
      log_(manifest_.id),
      outgoings_(core.engine ? std::make_shared<net::Outgoings>(*core.engine, manifest_.id) : nullptr) {
  host_.size = sizeof host_;
  host_.abi_minor = PH_ABI_MINOR;
  host_.ctx = this;
  host_.get = table;
  if (!core_.hooks) return;
  health_ = core_.hooks->health(this, manifest_.id);
  health_->onQuarantine([this] { quarantine(); });
}

Instance::~Instance() {
  takeDown(5000);
  if (health_) health_->detach();
}

State Instance::state() const {
  const State s = state_;
  if (s != State::Running || !health_) return s;
  return health_->quarantined() ? State::Quarantined : health_->degraded() ? State::Degraded : s;
}

Report Instance::report() const {
  Report r{manifest_.id, manifest_.version, state(), {}, 0, 0, {}};
  if (!health_) return r;
  r.lateCalls = health_->lateCalls();
  r.stuckCalls = health_->stuckCalls();
  for (const auto& h : core_.hooks->of(this)) {
    r.hooks.push_back({h->name, h->stage, h->breaker.state() != pipeline::Breaker::State::Closed});
  }
  return r;
}

std::vector<std::shared_ptr<net::Listener>> Instance::listeners() const {
  std::lock_guard lock(mutex_);
  return listeners_;
}

// On the timer thread. The rest waits until the plugin is switched off.
void Instance::quarantine() {
  for (const auto& l : listeners()) l->close();
  if (outgoings_) outgoings_->close();
  tellSessions(PH_WHY_SHUTDOWN);
}

void Instance::tellSessions(uint32_t why) {
  for (const auto& l : listeners()) l->tell(why);
  if (outgoings_) outgoings_->tell(why);
}

bool Instance::fail(const std::string& reason) {
  log_.error("plugin failed", {{"plugin", manifest_.id}, {"reason", reason}});
  reason_ = reason;
  undo(1000);
  if (state_ != State::Abandoned) state_ = State::Failed;
  return false;
}

ph::Result<std::unique_ptr<ph_config>> Instance::judged(config::Node options) const {
  auto schema = config::Schema::parse(manifest_.configSchema);
  if (!schema) return ph::Error{ph::Kind::Invalid, manifest_.file + ": " + schema.error().text};
  if (const auto problems = schema->apply(&options); !problems.empty())
    return ph::Error{ph::Kind::Invalid, problems.front()};
  return std::make_unique<ph_config>(ph_config{std::move(options)});
}

// A call of the life cycle. What does not return in time is the last one: the instance is then abandoned.
ph::Status Instance::call(const char* what, milliseconds patience, std::function<ph_status(ph_error*)> fn) {
  if (hung_) return ph::Error{ph::Kind::Timeout, std::string(what) + ": an earlier call does not return"};
  struct Answer {
    ph_status status = PH_OK;
    ph_error error = ph::noError();
  };
  auto answer = std::make_shared<Answer>();
  if (!boundedCall(patience, [answer, fn, name = manifest_.id.c_str()] {
        const InPlugin inside(name);
        answer->status = fn(&answer->error);
      })) {
    hung_ = true;
    log_.error("plugin does not return", {{"plugin", manifest_.id}, {"call", what}});
    return ph::Error{ph::Kind::Timeout, std::string(what) + " does not return"};
  }
  if (answer->status == PH_OK) return {};
  const std::string text = answer->error.text;
  return ph::Error{static_cast<ph::Kind>(answer->status),
                   std::string(what) + ": " + (text.empty() ? "status " + std::to_string(answer->status) : text)};
}

ph::Status Instance::configure(const ph_config* config, bool checkOnly) {
  return call("configuration", kPatience, [p = plugin_, config, checkOnly](ph_error* e) {
    return p->configure(p->self, config, checkOnly ? 1 : 0, e);
  });
}

bool Instance::create(config::Node options) {
  for (const auto& id : manifest_.required) {
    if (!offline_ && !host_.get(&host_, id.c_str())) return fail("needs " + id + ", which this host does not offer");
  }
  auto config = judged(std::move(options));
  if (!config) return fail(config.error().text);
  auto made = std::make_shared<const ph_plugin*>(nullptr);
  const auto created = call("create", kStartPatience, [made, d = descriptor_, host = &host_](ph_error* e) {
    *made = d->create(host, e);
    return *made ? PH_OK : PH_E_PERMANENT;
  });
  if (!created) return fail(created.error().text);
  plugin_ = *made;
  constexpr uint32_t kNeeded = offsetof(ph_plugin, destroy) + sizeof(plugin_->destroy);
  if (plugin_->size < kNeeded || !plugin_->configure || !plugin_->start || !plugin_->stop || !plugin_->destroy) {
    plugin_ = nullptr;
    return fail("create gave an incomplete table");
  }
  if (!refused_.empty()) return fail(refused_);
  next_ = std::move(*config);
  if (const auto s = configure(next_.get(), true); !s) return fail(s.error().text);
  return true;
}

bool Instance::begin() {
  if (const auto s = applyConfig(); !s) return fail(s.error().text);
  started_ = true;
  const auto s = call("start", kStartPatience, [p = plugin_](ph_error* e) { return p->start(p->self, e); });
  if (!s) return fail(s.error().text);
  if (!refused_.empty()) return fail(refused_);
  state_ = State::Running;
  reason_.clear();
  log_.info("plugin running", {{"plugin", manifest_.id}, {"version", manifest_.version}});
  return true;
}

bool Instance::createOffline(config::Node options) {
  offline_ = true;
  if (!create(std::move(options))) return false;
  const auto s = applyConfig();
  return s ? true : fail(s.error().text);
}

void Instance::refused(const std::string& what) {
  log_.error("refused", {{"reason", what}});
  if (refused_.empty()) refused_ = what;
}

ph::Status Instance::checkConfig(config::Node options) {
  if (hung_) return ph::Error{ph::Kind::Timeout, "an earlier call does not return"};
  auto config = judged(std::move(options));
  if (!config) return config.error();
  next_ = std::move(*config);  // also a hanging check keeps what it looks at
  auto s = configure(next_.get(), true);
  if (!s && !hung_) next_.reset();
  return s;
}

ph::Status Instance::applyConfig() {
  if (!next_) return {};
  if (auto s = configure(next_.get(), false); !s) {
    if (!hung_) next_.reset();
    return s;
  }
  config_ = std::move(next_);
  return {};
}

void Instance::takeDown(uint32_t deadlineMs) {
  if (state_ != State::Running && state_ != State::Loaded) return;
  const bool ran = state_ == State::Running;
  undo(deadlineMs);
  if (state_ != State::Abandoned) state_ = State::Stopped;
  if (!ran) return;
  log_.info("plugin stopped", {{"plugin", manifest_.id}, {"state", stateName(state())}});
}

// Order matters: first nothing new comes in, then what runs ends, then the plugin itself.
void Instance::undo(uint32_t deadlineMs) {
  const bool quarantined = health_ && health_->quarantined();
  const uint32_t patience = quarantined ? 1000 : 30000;
  if (core_.commands) core_.commands->remove(this);
  if (core_.pages) core_.pages->remove(this);
  for (const auto& l : listeners()) l->close();
  if (outgoings_) outgoings_->close();
  tellSessions(PH_WHY_SHUTDOWN);
  if (plugin_ && started_ && !quarantined && PH_HAS(plugin_, drain)) {
    (void)call("drain", milliseconds(deadlineMs) + kPatience, [p = plugin_, deadlineMs](ph_error*) {
      p->drain(p->self, deadlineMs);
      return PH_OK;
    });
  }
  bool ended = !core_.queue || core_.queue->withdraw(this, milliseconds(quarantined ? 1000 : deadlineMs));
  ended = sessionsEnded(deadlineMs) && ended;
  if (!ended) {
    tellSessions(net::kWhyForce);
    if (core_.dns) core_.dns->cancel(this);
    ended = sessionsEnded(patience);
    // What hung on a session can end now.
    ended = (!core_.queue || core_.queue->withdraw(this, milliseconds(1000))) && ended;
  }
  if (core_.http) ended = core_.http->remove(this, milliseconds(deadlineMs), milliseconds(patience)) && ended;
  if (core_.hooks) ended = core_.hooks->remove(this, patience) && ended;
  if (core_.mxPolicies) core_.mxPolicies->remove(this);
  if (core_.signers) core_.signers->remove(this);
  if (core_.domainRecords) core_.domainRecords->remove(this);
  if (core_.services) ended = core_.services->withdraw(this, 5000) && ended;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, t] : timers_) {
      t->cancelled = true;
      core_.timers->cancel(t->hostId);
    }
  }
  if (core_.dns) core_.dns->cancel(this);
  for (const uint64_t id : subscriptions_) core_.events->unsubscribe(id);
  subscriptions_.clear();
  ended = jobsEnded(patience) && ended;
  if (ended && plugin_ && !hung_) {
    (void)call("stop", kPatience, [p = plugin_, started = started_](ph_error*) {
      if (started) p->stop(p->self);
      p->destroy(p->self);
      return PH_OK;
    });
  }
  if (!ended || hung_) {
    // Something of it still runs: its code and data must stay. Only a restart of the process ends that.
    log_.error("plugin abandoned: a call into it does not return", {{"plugin", manifest_.id}});
    state_ = State::Abandoned;
    std::lock_guard lock(mutex_);
    std::erase_if(listeners_, [](const auto& l) { return l->engaged() == 0; });
    return;
  }
  if (core_.data) core_.data->closeAll(this);
  listeners_.clear();
  protocols_.clear();
  timers_.clear();
  plugin_ = nullptr;
  started_ = false;
}

bool Instance::sessionsEnded(uint32_t ms) {
  const auto end = std::chrono::steady_clock::now() + milliseconds(ms);
  const auto all = listeners();
  const auto engaged = [&] {
    return (outgoings_ && outgoings_->engaged() > 0) ||
           std::any_of(all.begin(), all.end(), [](const auto& l) { return l->engaged() > 0; });
  };
  while (engaged()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

bool Instance::jobsEnded(uint32_t ms) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, milliseconds(ms), [this] { return jobs_ == 0; });
}

ph_status Instance::addProtocol(const ph_protocol& p) {
  constexpr uint32_t kNeeded = offsetof(ph_protocol, close) + sizeof(p.close);
  if (p.size < kNeeded || !p.name || !p.open || !p.run || !p.close) return PH_E_INVALID;
  if (!mayRegister()) return PH_E_DENIED;
  std::lock_guard lock(mutex_);
  return protocols_.emplace(p.name, p).second ? PH_OK : PH_E_CONFLICT;
}

const ph_protocol* Instance::protocol(const std::string& name) const {
  const auto i = protocols_.find(name);
  return i == protocols_.end() ? nullptr : &i->second;
}

void Instance::addListener(std::shared_ptr<net::Listener> listener) {
  std::lock_guard lock(mutex_);
  // Replaced ones stay until their last connection is gone.
  std::erase_if(listeners_, [](const auto& l) { return l->closed() && l->connections() == 0; });
  listeners_.push_back(std::move(listener));
}

namespace {
jobs::Pool* poolOf(Core& core, int32_t pool) {
  switch (pool) {
    case PH_POOL_HOOK:
      return core.hookPool;
    case PH_POOL_DISK:
      return core.diskPool;
    case PH_POOL_CRYPTO:
      return core.cryptoPool;
    default:
      return nullptr;
  }
}
}  // namespace

void Instance::called(void (*fn)(void*), void* ctx) const {
  const InPlugin inside(manifest_.id.c_str());
  fn(ctx);
}

bool Instance::beginJob() {
  std::lock_guard lock(mutex_);
  if (stopping_) return false;
  ++jobs_;
  return true;
}

bool Instance::admitsCall() const {
  return !health_ || health_->admits();
}
void Instance::callLate() const {
  if (health_) health_->late();
}
void Instance::callStuck() const {
  if (health_) health_->stuck();
}
void Instance::callReturned(bool wasStuck) const {
  if (health_) health_->returned(wasStuck);
}

void Instance::endJob() {
  std::lock_guard lock(mutex_);
  if (--jobs_ == 0) ended_.notify_all();
}

ph_status Instance::runJob(int32_t pool, void (*fn)(void*), void* ctx) {
  jobs::Pool* p = poolOf(core_, pool);
  if (!p || !fn) return PH_E_INVALID;
  if (!beginJob()) return PH_E_CANCELLED;
  if (p->run([this, fn, ctx] {
        called(fn, ctx);
        endJob();
      })) {
    return PH_OK;
  }
  endJob();
  return PH_E_LIMIT;
}

ph_status Instance::schedule(int32_t pool, uint32_t delayMs, uint32_t periodMs, void (*fn)(void*), void* ctx,
                             uint64_t* id) {
  if (!poolOf(core_, pool) || !fn) return PH_E_INVALID;
  std::lock_guard lock(mutex_);
  if (stopping_) return PH_E_CANCELLED;
  auto t = std::make_shared<Timer>(Timer{pool, fn, ctx, periodMs > 0, nextTimer_++});
  t->hostId = core_.timers->add(milliseconds(delayMs), milliseconds(periodMs), [this, t] { fire(t); });
  timers_.emplace(t->id, t);
  if (id) *id = t->id;
  return PH_OK;
}

// On the timer thread: hands the work to the pool. A period that comes while the last one still runs is left out.
void Instance::fire(const std::shared_ptr<Timer>& t) {
  {
    std::lock_guard lock(mutex_);
    if (t->cancelled || t->running || stopping_) return;
    t->running = true;
    ++jobs_;
  }
  auto work = [this, t] {
    bool run = false;
    {
      std::lock_guard lock(mutex_);
      run = !t->cancelled;
    }
    if (run) called(t->fn, t->ctx);
    std::lock_guard lock(mutex_);
    t->running = false;
    if (!t->periodic) timers_.erase(t->id);
    --jobs_;
    ended_.notify_all();
  };
  if (poolOf(core_, t->pool)->run(work)) return;
  std::lock_guard lock(mutex_);
  t->running = false;
  --jobs_;
  ended_.notify_all();
}

ph_status Instance::cancel(uint64_t id) {
  std::unique_lock lock(mutex_);
  const auto i = timers_.find(id);
  if (i == timers_.end()) return PH_E_NOT_FOUND;
  const auto t = i->second;
  t->cancelled = true;
  core_.timers->cancel(t->hostId);
  timers_.erase(id);
  ended_.wait(lock, [&] { return !t->running; });
  return PH_OK;
}

ph_status Instance::subscribe(void (*fn)(void*, uint64_t), void* ctx) {
  if (!fn) return PH_E_INVALID;
  if (subscriptions_.size() >= 16) return PH_E_LIMIT;
  // Called on the log's thread; the plugin is promised a worker. Not under mutex_: the log holds its own lock then.
  subscriptions_.push_back(core_.events->subscribe([this, fn, ctx](uint64_t seq) {
    if (!beginJob()) return;
    auto work = [this, fn, ctx, seq] {
      {
        const InPlugin inside(manifest_.id.c_str());
        fn(ctx, seq);
      }
      endJob();
    };
    if (!core_.hookPool->run(work)) endJob();  // wake-ups may be lost: readers look again
  }));
  return PH_OK;
}

}  // namespace posthouse::plugin
