#include "mx/policies.hpp"

#include <algorithm>
#include <atomic>

#include "base/in_plugin.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "log/log.hpp"
#include "ph/text.hpp"

using posthouse::mx::Answer;
using posthouse::mx::Policy;
using posthouse::mx::Question;

namespace {

const posthouse::log::Log kLog("mx");

// One question to all policies.
struct Case {
  posthouse::jobs::Timers& timers;
  Question question;
  std::function<void(const Answer&)> then;
  std::mutex mutex;
  size_t open;
  Answer merged;

  // One policy more has spoken.
  void add(const Answer& a) {
    {
      const std::lock_guard lock(mutex);
      merge(merged, a);
      if (--open > 0) return;
    }
    then(merged);
  }
};

}  // namespace

// One question to one policy. Lives until the policy has answered, late or not; the case is told once.
struct ph_mx_call {
  std::shared_ptr<Case> asked;
  std::shared_ptr<const Policy> policy;
  ph_mx_question question;
  struct Shared {  // with the timer of the deadline
    std::atomic<bool> told{false};
    std::atomic<uint64_t> timer{0};
  };
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
};

namespace posthouse::mx {

namespace {

Answer refusal(const Policy& policy, const char* why) {
  kLog.warn("a policy about mail exchangers gives no answer",
            {{"plugin", policy.plugin}, {"policy", policy.name}, {"reason", why}});
  Answer a;
  a.refuse = true;
  a.text = policy.name + ": " + why;
  return a;
}

Answer from(const ph_mx_answer& in, const Policy& policy) {
  if (in.level < PH_MX_ANY || in.level > PH_MX_DANE) return refusal(policy, "a level that does not exist");
  Answer out;
  out.level = in.level;
  out.refuse = in.refuse != 0;
  out.text = ph::view(in.text);
  if (out.text.empty() && (out.refuse || out.level != PH_MX_ANY)) out.text = policy.name;
  for (size_t i = 0; i < in.name_count; ++i) out.names.emplace_back(ph::view(in.names[i]));
  for (size_t i = 0; i < in.record_count; ++i) out.records.emplace_back(ph::view(in.records[i]));
  return out;
}

void tell(const std::shared_ptr<Case>& asked, ph_mx_call::Shared& shared, const Answer& answer) {
  if (!shared.told.exchange(true)) asked->add(answer);
}

// The policy is through with the call.
void finish(ph_mx_call* raw, const Answer& answer) {
  const std::unique_ptr<ph_mx_call> call(raw);
  const auto policy = call->policy;
  call->asked->timers.cancel(call->shared->timer);
  tell(call->asked, *call->shared, answer);
  policy->end();
}

void ask(ph_mx_call* call) {
  const Policy& policy = *call->policy;
  ph_status status = PH_E_BUG;
  const std::shared_ptr<const Policy> keep = call->policy;
  {
    const InPlugin inside(policy.plugin.c_str());
    status = policy.judge(policy.self, &call->question, call);
  }
  // After PH_OK the call may be gone already.
  if (status != PH_OK) finish(call, refusal(*keep, "it failed"));
}

ph_mx_call* newCall(const std::shared_ptr<Case>& asked, std::shared_ptr<const Policy> policy) {
  auto* call = new ph_mx_call{asked, std::move(policy), {}};
  const Question& q = asked->question;
  call->question = ph::sized<ph_mx_question>();
  call->question.port = q.port;
  call->question.domain = ph::str(q.domain);
  call->question.host = ph::str(q.host);
  call->question.canonical = ph::str(q.canonical);
  call->question.mx_secure = q.mxSecure ? 1 : 0;
  call->question.host_secure = q.hostSecure ? 1 : 0;
  return call;
}

void join(std::vector<std::string>& into, const std::vector<std::string>& from) {
  for (const auto& s : from) {
    if (std::find(into.begin(), into.end(), s) == into.end()) into.push_back(s);
  }
}

}  // namespace

void merge(Answer& into, const Answer& from) {
  // The text explains what holds: a refusal before all else, then the highest level.
  const bool sameLevel = from.level == into.level;
  const bool says = from.refuse != into.refuse ? from.refuse : from.level > into.level;
  const bool joins = from.refuse == into.refuse && sameLevel;
  if (says) {
    into.text = from.text;
  } else if (joins && !from.text.empty()) {
    into.text += (into.text.empty() ? "" : "; ") + from.text;
  }
  into.refuse = into.refuse || from.refuse;
  if (from.level > into.level) {
    into.level = from.level;
    into.names = from.names;
    into.records = from.records;
  } else if (sameLevel) {
    join(into.names, from.names);
    join(into.records, from.records);
  }
}

ph::Status Policies::add(const void* owner, Policy policy) {
  if (!policy.judge || policy.name.empty()) return ph::Error{ph::Kind::Invalid, "malformed policy"};
  const std::lock_guard lock(mutex_);
  const auto taken = [&](const Entry& e) { return e.policy->name == policy.name; };
  if (std::any_of(entries_.begin(), entries_.end(), taken)) {
    return ph::Error{ph::Kind::Conflict, "there is a policy " + policy.name + " already"};
  }
  entries_.push_back({owner, std::make_shared<const Policy>(std::move(policy))});
  return {};
}

void Policies::remove(const void* owner) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& e) { return e.owner == owner; });
}

void Policies::judge(Question question, std::function<void(const Answer&)> then) const {
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(mutex_);
    entries = entries_;
  }
  if (entries.empty()) return then({});
  const auto asked = std::make_shared<Case>(timers_, std::move(question), std::move(then));
  asked->open = entries.size();
  for (const Entry& e : entries) {
    if (!e.policy->begin()) {
      asked->add(refusal(*e.policy, "it is stopping"));
      continue;
    }
    ph_mx_call* call = newCall(asked, e.policy);
    const auto shared = call->shared;
    const auto policy = e.policy;
    // The timer's thread must not work: what follows a late answer goes to the pool.
    shared->timer = timers_.add(policy->deadline, {}, [asked, shared, policy, &pool = pool_] {
      if (shared->told) return;
      const auto late = [asked, shared, policy] { tell(asked, *shared, refusal(*policy, "it is late")); };
      if (!pool.run(late)) late();
    });
    if (!pool_.run([call] { ask(call); })) {
      finish(call, refusal(*policy, "the server is too busy"));
    }
  }
}

void Policies::answer(ph_mx_call* call, const ph_mx_answer& answer) {
  finish(call, from(answer, *call->policy));
}

}  // namespace posthouse::mx
