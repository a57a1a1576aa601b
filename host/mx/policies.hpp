// The policies about mail exchangers that plugins contribute, asked together, and their answers merged into one.
//
// Guarantees: a question is answered exactly once, at the latest when the last deadline has passed. The highest level
// wins, names and records of that level are joined; one refusal is enough. Who fails, is late or says what does not
// exist has refused: a policy that can't be asked protects still. Without policies the answer is PH_MX_ANY.
// Threads: all from any thread. Policies are asked on the pool, answers go on from there. RFC 7672, RFC 8461.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ph/draft/host/mx_policy.h"
#include "ph/result.hpp"

namespace posthouse::jobs {
class Pool;
class Timers;
}  // namespace posthouse::jobs

namespace posthouse::mx {

struct Answer {
  int32_t level = PH_MX_ANY;
  bool refuse = false;
  std::string text;
  std::vector<std::string> names;
  std::vector<std::string> records;
};

struct Question {
  uint16_t port = 25;
  std::string domain, host, canonical;
  bool mxSecure = false;
  bool hostSecure = false;
};

struct Policy {
  std::string plugin;
  std::string name;
  std::chrono::milliseconds deadline{30000};
  void* self = nullptr;
  ph_status (*judge)(void* self, const ph_mx_question* question, ph_mx_call* call) = nullptr;
  // Around each call: its plugin stays until it has answered. False: it is stopping.
  std::function<bool()> begin;
  std::function<void()> end;
};

class Policies {
 public:
  Policies(jobs::Pool& pool, jobs::Timers& timers) : pool_(pool), timers_(timers) {}

  ph::Status add(const void* owner, Policy policy);  // Conflict: the name is taken; Invalid
  void remove(const void* owner);                    // those of `owner` are asked no more
  void judge(Question question, std::function<void(const Answer&)> then) const;
  // What a policy says, once.
  static void answer(ph_mx_call* call, const ph_mx_answer& answer);

 private:
  struct Entry {
    const void* owner;
    std::shared_ptr<const Policy> policy;
  };
  jobs::Pool& pool_;
  jobs::Timers& timers_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

// Puts another answer to those before it.
void merge(Answer& into, const Answer& from);

}  // namespace posthouse::mx
