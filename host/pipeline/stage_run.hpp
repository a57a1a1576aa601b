// Runs the hooks of one stage and merges what they said.
//
// Guarantees: `done` is called exactly once; a hook over its deadline is replaced by its policy and its result, when it
// comes, is dropped; facts and edits reach the transaction only through the merge, on one thread.
#pragma once

#include <functional>

#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "pipeline/hooks.hpp"
#include "pipeline/transaction.hpp"

namespace posthouse::pipeline {

// True: there was nothing to run and `out` is filled. False: `done` will be called, possibly before this returns.
// `txn` and `out` must stay until then.
bool runStage(const Hooks& hooks, jobs::Pool& pool, jobs::Timers& timers, Transaction& txn, int stage, ph_verdict* out,
              std::function<void()> done);

// The same, waiting. Not on a thread of `pool`.
ph_verdict runStageAndWait(const Hooks& hooks, jobs::Pool& pool, jobs::Timers& timers, Transaction& txn, int stage);

}  // namespace posthouse::pipeline

// A running hook, and where it puts its result: what ph_call and ph_result are inside the host.
struct ph_call {
  std::chrono::steady_clock::time_point deadline;
  std::atomic<bool> cancelled{false};
  std::shared_ptr<std::atomic<uint32_t>> questions;  // of the transaction
};

struct ph_result {
  const posthouse::pipeline::Hook* hook = nullptr;
  ph_verdict verdict{};
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> authResults;
  std::string mailbox;
};
