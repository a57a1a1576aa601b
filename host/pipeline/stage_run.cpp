#include "pipeline/stage_run.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>

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

void countVerdict(int stage, int verdict) {
  static constexpr const char* kStages[] = {"connect", "helo",     "auth",    "mail",   "rcpt",
                                            "data",    "accepted", "deliver", "stored", "submit"};
  static constexpr const char* kNames[] = {"continue", "junk",   "quarantine", "discard",
                                           "tempfail", "reject", "disconnect"};
  if (stage >= 0 && static_cast<size_t>(stage) < std::size(kStages) && verdict >= 0 &&
      static_cast<size_t>(verdict) < std::size(kNames)) {
    kVerdicts.with({kStages[stage], kNames[verdict]}).add();
  }
}
using Clock = std::chrono::steady_clock;

// One hook's call. It outlives the stage when the hook is late.
struct Call {
  HookPtr hook;
  std::shared_ptr<const Transaction> snapshot;
  ph_call call;
  ph_result result;
  Clock::time_point begun;
  uint64_t timer = 0;
  bool settled = false;
};

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
    c->timer = timers_.add(std::chrono::milliseconds(c->hook->deadlineMs), {}, [self, c] {
      c->call.cancelled = true;
      // Merging continues on the pool: the timer thread must stay quick.
      if (!self->pool_.run([self, c] { self->settle(c, PH_E_TIMEOUT); })) self->settle(c, PH_E_TIMEOUT);
    });
    c->hook->running.fetch_add(1);
    const bool taken = pool_.run([self, c] {
      const ph_status s = c->hook->run(c->hook->self, c->snapshot->handle(), &c->call, &c->result);
      c->hook->running.fetch_sub(1);
      self->settle(c, s);
    });
    if (!taken) {
      c->hook->running.fetch_sub(1);
      settle(c, PH_E_LIMIT);
    }
  }

  void settle(const std::shared_ptr<Call>& c, ph_status status) {
    bool last = false;
    {
      std::lock_guard lock(mutex_);
      if (c->settled) return;
      c->settled = true;
      timers_.cancel(c->timer);
      merge(*c, status);
      last = --open_ == 0;
    }
    if (last) nextLevel();
  }

  void merge(Call& c, ph_status status) {
    const Hook& h = *c.hook;
    ph_verdict v = c.result.verdict;
    const bool failed = status != PH_OK || v.verdict < PH_VERDICT_CONTINUE || v.verdict > PH_VERDICT_DISCONNECT;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - c.begun).count();
    kHookSeconds.with({h.plugin, h.name}).observe(std::chrono::duration<double>(Clock::now() - c.begun).count());
    if (failed) {
      const char* reason = status == PH_E_TIMEOUT ? "timeout" : status == PH_E_LIMIT ? "full" : "error";
      kHookFailures.with({h.plugin, h.name, reason}).add();
      kLog.warn("hook failed", {{"cid", std::to_string(txn_.sessionId)},
                                {"plugin", h.plugin},
                                {"hook", h.name},
                                {"status", std::to_string(status)},
                                {"txn", txn_.id},
                                {"ms", std::to_string(ms)}});
      v = h.policy == PH_POLICY_OPEN ? makeVerdict(PH_VERDICT_CONTINUE)
          : h.policy == PH_POLICY_TEMPFAIL
              ? makeVerdict(PH_VERDICT_TEMPFAIL, 451, "4.3.0", "a check is not available now")
              : makeVerdict(PH_VERDICT_REJECT, 550, "5.7.1", "a required check failed");
    }
    const size_t n = std::min(h.plugin.size(), sizeof v.plugin - 1);
    h.plugin.copy(v.plugin, n);
    v.plugin[n] = '\0';
    if (h.role == PH_ROLE_OBSERVE && !failed) v.verdict = PH_VERDICT_CONTINUE;
    txn_.opinions.push_back({stage_, h.plugin, h.name, v, ms, failed});
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
