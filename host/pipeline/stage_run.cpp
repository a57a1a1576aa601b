#include "pipeline/stage_run.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>

#include "base/in_plugin.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "ph/text.hpp"

namespace posthouse::pipeline {
namespace {

const log::Log kLog("pipeline");
const metrics::Histograms kHookSeconds("posthouse_hook_seconds", "What hooks took.", {"plugin", "hook"});
const metrics::Counters kHookFailures("posthouse_hook_failures_total", "Hooks that failed, were late or found no room.",
                                      {"plugin", "hook", "reason"});
const metrics::Counters kVerdicts("posthouse_stage_verdicts_total", "What the hooks of a stage decided together.",
                                  {"stage", "verdict"});

constexpr const char* kStages[] = {"connect", "helo",     "auth",    "mail",   "rcpt",
                                   "data",    "accepted", "deliver", "stored", "submit"};
constexpr const char* kNames[] = {"continue", "junk", "quarantine", "discard", "tempfail", "reject", "disconnect"};

void countVerdict(int stage, int verdict) {
  if (stage >= 0 && static_cast<size_t>(stage) < std::size(kStages) && verdict >= 0 &&
      static_cast<size_t>(verdict) < std::size(kNames)) {
    kVerdicts.with({kStages[stage], kNames[verdict]}).add();
  }
}
using Clock = std::chrono::steady_clock;
// How far over its deadline a call is stuck, at least.
constexpr auto kGrace = std::chrono::milliseconds(1000);
constexpr size_t kMostFacts = 500;  // bytes of them in a history

// How a call ended.
enum class End { Returned, Overdue, NotCalled };

// One hook's call. It outlives the stage when the hook is late.
struct Call {
  HookPtr hook;
  std::shared_ptr<const Transaction> snapshot;
  ph_call call;
  ph_result result;
  Clock::time_point begun;
  Breaker::Admission admission = Breaker::Admission::No;
  uint64_t timer = 0;
  bool settled = false;

  std::mutex mutex;  // of the rest
  bool called = false;
  bool returned = false;
  bool late = false;
  bool stuck = false;
};

// What no plugin that keeps to the rules would answer. An honest "not now" is no fault: else a stranger's mail could
// open the breaker of a check.
bool isFault(ph_status status, const ph_verdict& v) {
  if (status == PH_OK) return v.verdict < PH_VERDICT_CONTINUE || v.verdict > PH_VERDICT_DISCONNECT;
  return status == PH_E_BUG || status > PH_OK || status < PH_E_QUOTA;
}

void judge(Hook& h, Breaker::Admission admission, bool fault) {
  const std::string pause = std::to_string(h.breaker.pause().count());
  switch (fault ? h.breaker.failed(admission, Clock::now()) : h.breaker.succeeded(admission)) {
    case Breaker::Change::None:
      return;
    case Breaker::Change::Opened:
      kLog.error("hook switched off for a while: too many faults in a row",
                 {{"plugin", h.plugin}, {"hook", h.name}, {"ms", pause}});
      return h.health->breakerOpened();
    case Breaker::Change::Longer:
      return kLog.warn("hook is still at fault", {{"plugin", h.plugin}, {"hook", h.name}});
    case Breaker::Change::Closed:
      kLog.info("hook works again", {{"plugin", h.plugin}, {"hook", h.name}});
      return h.health->breakerClosed();
  }
}

class StageRun : public std::enable_shared_from_this<StageRun> {
 public:
  StageRun(std::shared_ptr<const Levels> levels, jobs::Pool& pool, jobs::Timers& timers, Transaction& txn, int stage,
           ph_verdict* out, std::function<void()> done)
      : levels_(std::move(levels)),
        pool_(pool),
        timers_(timers),
        txn_(txn),
        stage_(stage),
        out_(out),
        done_(std::move(done)) {
    *out_ = makeVerdict(PH_VERDICT_CONTINUE);
  }

  void nextLevel() {
    std::vector<std::shared_ptr<Call>> calls;
    {
      std::lock_guard lock(mutex_);
      if (level_ == levels_->size()) {
        auto done = std::move(done_);
        countVerdict(stage_, out_->verdict);
        done();
        return;
      }
      const auto snapshot = std::make_shared<const Transaction>(txn_);
      for (const auto& hook : (*levels_)[level_]) {
        auto c = std::make_shared<Call>();
        c->hook = hook;
        c->snapshot = snapshot;
        c->begun = Clock::now();
        c->call.deadline = c->begun + std::chrono::milliseconds(hook->deadlineMs);
        c->call.questions = txn_.questions;
        c->result.hook = hook.get();
        c->result.verdict = makeVerdict(PH_VERDICT_CONTINUE);
        calls.push_back(std::move(c));
      }
      ++level_;
      open_ = calls.size();
    }
    for (const auto& c : calls) start(c);
  }

 private:
  void start(const std::shared_ptr<Call>& c) {
    auto self = shared_from_this();
    if (!c->hook->health->admits()) return settle(c, End::NotCalled, PH_E_UNAVAILABLE);
    c->admission = c->hook->breaker.admit(c->begun);
    if (c->admission == Breaker::Admission::No) return settle(c, End::NotCalled, PH_E_UNAVAILABLE);
    c->timer = timers_.add(std::chrono::milliseconds(c->hook->deadlineMs), {}, [self, c] {
      c->call.cancelled = true;
      const End end = self->overdue(c);
      if (end == End::Returned) return;
      // Merging continues on the pool: the timer thread must stay quick.
      if (!self->pool_.run([self, c, end] { self->settle(c, end, PH_E_TIMEOUT); })) {
        self->settle(c, end, PH_E_TIMEOUT);
      }
    });
    c->hook->running.fetch_add(1);
    const bool taken = pool_.run([self, c] {
      const std::optional<ph_status> s = self->call(*c);
      c->hook->running.fetch_sub(1);
      if (s) self->settle(c, End::Returned, *s);
    });
    if (!taken) {
      c->hook->running.fetch_sub(1);
      settle(c, End::NotCalled, PH_E_LIMIT);
    }
  }

  // The plugin's own guard is the reliable one; this net holds only what shares our C++ runtime.
  static ph_status guarded(Call& c) noexcept {
    const InPlugin inside(c.hook->plugin.c_str());
    try {
      return c.hook->run(c.hook->self, c.snapshot->handle(), &c.call, &c.result);
    } catch (...) {
      kLog.error("exception out of a hook", {{"plugin", c.hook->plugin}, {"hook", c.hook->name}});
      return PH_E_BUG;
    }
  }

  // Nothing: its time was over before a thread was free.
  std::optional<ph_status> call(Call& c) {
    {
      std::lock_guard lock(c.mutex);
      if (c.call.cancelled) return std::nullopt;
      c.called = true;
    }
    const ph_status s = guarded(c);
    std::lock_guard lock(c.mutex);
    c.returned = true;
    if (c.late) {
      pool_.overtime(-1);
      c.hook->health->returned(c.stuck);
    }
    return s;
  }

  End overdue(const std::shared_ptr<Call>& c) {
    std::lock_guard lock(c->mutex);
    if (!c->called) return End::NotCalled;
    if (c->returned) return End::Returned;
    c->late = true;
    c->hook->health->late();
    pool_.overtime(1);
    timers_.add(std::max(kGrace, std::chrono::milliseconds(c->hook->deadlineMs)), {}, [c] {
      std::lock_guard late(c->mutex);
      if (c->returned) return;
      c->stuck = true;
      c->hook->health->stuck();
    });
    return End::Overdue;
  }

  void settle(const std::shared_ptr<Call>& c, End end, ph_status status) {
    bool last = false;
    {
      std::lock_guard lock(mutex_);
      if (c->settled) return;
      c->settled = true;
      timers_.cancel(c->timer);
      if (end != End::NotCalled) {
        judge(*c->hook, c->admission, end == End::Overdue || isFault(status, c->result.verdict));
      } else {
        c->hook->breaker.dropped(c->admission);
      }
      merge(*c, end, status);
      last = --open_ == 0;
    }
    if (last) nextLevel();
  }

  void merge(Call& c, End end, ph_status status) {
    const Hook& h = *c.hook;
    // What is late may still be writing its result.
    ph_verdict v = end == End::Returned ? c.result.verdict : makeVerdict(PH_VERDICT_CONTINUE);
    const bool failed = status != PH_OK || v.verdict < PH_VERDICT_CONTINUE || v.verdict > PH_VERDICT_DISCONNECT;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - c.begun).count();
    kHookSeconds.with({h.plugin, h.name}).observe(std::chrono::duration<double>(Clock::now() - c.begun).count());
    if (failed) {
      const char* reason = status == PH_E_TIMEOUT ? "timeout" : status == PH_E_LIMIT ? "full" : "error";
      kHookFailures.with({h.plugin, h.name, reason}).add();
      const std::string number = std::to_string(status);
      const std::string cid = std::to_string(txn_.sessionId);
      const std::string time = std::to_string(ms);
      const log::Field fields[] = {{"cid", cid},       {"plugin", h.plugin}, {"hook", h.name},
                                   {"status", number}, {"txn", txn_.id},     {"ms", time}};
      // A breaker has said once why nothing is called.
      const bool told = end == End::NotCalled && status == PH_E_UNAVAILABLE;
      kLog.write(told ? log::Level::Debug : log::Level::Warn, told ? "hook not called" : "hook failed", fields,
                 std::size(fields));
      v = h.policy == PH_POLICY_OPEN ? makeVerdict(PH_VERDICT_CONTINUE)
          : h.policy == PH_POLICY_TEMPFAIL
              ? makeVerdict(PH_VERDICT_TEMPFAIL, 451, "4.3.0", "a check is not available now")
              : makeVerdict(PH_VERDICT_REJECT, 550, "5.7.1", "a required check failed");
    }
    const size_t n = std::min(h.plugin.size(), sizeof v.plugin - 1);
    h.plugin.copy(v.plugin, n);
    v.plugin[n] = '\0';
    if (h.role == PH_ROLE_OBSERVE && !failed) v.verdict = PH_VERDICT_CONTINUE;
    tell(c, end, v, failed);
    if (!failed && h.role != PH_ROLE_OBSERVE) {
      for (auto& [name, value] : c.result.facts) txn_.facts[name] = std::move(value);
      for (auto& header : c.result.headers) txn_.headers.push_back(std::move(header));
      for (auto& entry : c.result.authResults) txn_.authResults.push_back(std::move(entry));
      if (!c.result.mailbox.empty() && txn_.current < txn_.rcpts.size()) {
        txn_.rcpts[txn_.current].mailbox = std::move(c.result.mailbox);
      }
    }
    if (v.verdict > out_->verdict) *out_ = v;  // strongest wins
    // What a deliver hook says is about one recipient only.
    if (stage_ != PH_STAGE_DELIVER && v.verdict <= PH_VERDICT_DISCARD)
      txn_.disposition = std::max(txn_.disposition, v.verdict);
  }

  // For the history of the message: who said what, and how long it took.
  void tell(const Call& c, End end, const ph_verdict& v, bool failed) const {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - c.begun).count();
    const std::string rcpt = txn_.current < txn_.rcpts.size() ? txn_.rcpts[txn_.current].forwardPath : std::string();
    std::string facts;
    if (end == End::Returned && !failed) {
      for (const auto& [name, value] : c.result.facts) facts += (facts.empty() ? "" : " ") + name + "=" + value;
      facts.resize(std::min(facts.size(), kMostFacts));
    }
    kLog.history("opinion", {{"cid", std::to_string(txn_.sessionId)},
                             {"txn", txn_.id},
                             {"stage", kStages[stage_]},
                             {"to", rcpt},
                             {"plugin", c.hook->plugin},
                             {"hook", c.hook->name},
                             {"verdict", kNames[v.verdict]},
                             {"text", v.text},
                             {"facts", facts},
                             {"failed", failed ? "yes" : ""},
                             {"us", std::to_string(us)}});
  }

  std::shared_ptr<const Levels> levels_;
  jobs::Pool& pool_;
  jobs::Timers& timers_;
  Transaction& txn_;
  const int stage_;
  ph_verdict* out_;
  std::function<void()> done_;
  std::mutex mutex_;
  size_t level_ = 0;
  size_t open_ = 0;
};

}  // namespace

bool runStage(const Hooks& hooks, jobs::Pool& pool, jobs::Timers& timers, Transaction& txn, int stage, ph_verdict* out,
              std::function<void()> done) {
  auto levels = hooks.stage(stage);
  if (!levels || levels->empty()) {
    *out = makeVerdict(PH_VERDICT_CONTINUE);
    return true;
  }
  std::make_shared<StageRun>(std::move(levels), pool, timers, txn, stage, out, std::move(done))->nextLevel();
  return false;
}

ph_verdict runStageAndWait(const Hooks& hooks, jobs::Pool& pool, jobs::Timers& timers, Transaction& txn, int stage) {
  ph_verdict out;
  std::promise<void> done;
  if (!runStage(hooks, pool, timers, txn, stage, &out, [&] { done.set_value(); })) done.get_future().wait();
  return out;
}

}  // namespace posthouse::pipeline
