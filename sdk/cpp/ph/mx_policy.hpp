// Policies about mail exchangers, for those who ask and for those who contribute one.
// Guarantees: answers own their texts; a policy answers each question exactly once, whatever it throws.
// Threads: any; neither side may block.
#pragma once

#include <ph/draft/host/mx_policy.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

struct MxAnswer {
  int32_t level = PH_MX_ANY;
  bool refuse = false;
  std::string text;
  std::vector<std::string> names;
  std::vector<std::string> records;

  static MxAnswer from(const ph_mx_answer& a) {
    MxAnswer out;
    // A level that this version does not know is at least as strict as the strictest one it does know.
    out.level = a.level < PH_MX_ANY ? PH_MX_ANY : a.level > PH_MX_DANE ? PH_MX_DANE : a.level;
    out.refuse = a.refuse != 0 || a.level > PH_MX_DANE;
    out.text = view(a.text);
    for (size_t i = 0; i < a.name_count; ++i) out.names.emplace_back(view(a.names[i]));
    for (size_t i = 0; i < a.record_count; ++i) out.records.emplace_back(view(a.records[i]));
    return out;
  }

  // `f` is called with the C struct, which lives until it returns.
  template <class F>
  void with(F&& f) const {
    std::vector<ph_str> n, r;
    for (const auto& s : names) n.push_back(str(s));
    for (const auto& s : records) r.push_back(str(s));
    auto a = sized<ph_mx_answer>();
    a.level = level;
    a.refuse = refuse ? 1 : 0;
    a.text = str(text);
    a.names = n.data();
    a.name_count = n.size();
    a.records = r.data();
    a.record_count = r.size();
    f(a);
  }
};

// Asks what holds for a host. Without ph.mx-policy/1 there is no policy: any.
class MxPolicies {
 public:
  explicit MxPolicies(const Host& host) : host_(host), api_(host.get<ph_mx_policy>(PH_IF_MX_POLICY)) {}

  // Calls `then` once, on any thread, possibly at once. A question that could not be asked is a refusal.
  using Then = std::function<void(MxAnswer)>;
  void judge(const ph_mx_question& question, Then then) const {
    if (!api_) return then({});
    auto waiting = std::make_unique<Waiting>(Waiting{&host_, std::move(then)});
    if (api_->judge(host_.raw(), &question, &answered, waiting.get()) == PH_OK) {
      (void)waiting.release();  // answered() has it, or will
      return;
    }
    MxAnswer none;
    none.refuse = true;
    none.text = "policies can't be asked now";
    waiting->then(std::move(none));
  }

 private:
  struct Waiting {
    const Host* host;
    Then then;
  };
  static void answered(void* ctx, const ph_mx_answer* answer) {
    const std::unique_ptr<Waiting> waiting(static_cast<Waiting*>(ctx));
    guardVoid(waiting->host, "policy answer", [&] { waiting->then(MxAnswer::from(*answer)); });
  }

  const Host& host_;
  const ph_mx_policy* const api_;
};

// A policy offered to the host. Must live until the plugin is stopped, so keep it as a member of the plugin.
class MxPolicy {
 public:
  // Valid until answered; the last copy that goes without an answer refuses.
  class Call {
   public:
    Call(const ph_mx_policy& api, ph_mx_call* raw) : state_(std::make_shared<State>(api, raw)) {}
    void answer(const MxAnswer& a) const { state_->answer(a); }
    // The function failed before anybody could answer: the host is told by its status.
    bool takeBack() const { return !state_->answered.exchange(true); }

   private:
    struct State {
      State(const ph_mx_policy& a, ph_mx_call* r) : api(a), raw(r) {}
      ~State() {
        MxAnswer none;
        none.refuse = true;
        none.text = "no answer";
        answer(none);
      }
      void answer(const MxAnswer& a) {
        if (answered.exchange(true)) return;
        a.with([this](const ph_mx_answer& c) { api.answer(raw, &c); });
      }
      const ph_mx_policy& api;
      ph_mx_call* raw;
      std::atomic<bool> answered{false};
    };
    std::shared_ptr<State> state_;
  };
  // `question` lives until the call is answered.
  using Function = std::function<Status(const ph_mx_question& question, Call call)>;

  MxPolicy(const Host& host, const char* name, uint32_t deadlineMs, Function function)
      : host_(host),
        api_(host.get<ph_mx_policy>(PH_IF_MX_POLICY)),
        name_(name),
        deadlineMs_(deadlineMs),
        function_(std::move(function)) {}
  MxPolicy(const MxPolicy&) = delete;
  MxPolicy& operator=(const MxPolicy&) = delete;

  // Call in Plugin::start.
  Status offer() {
    if (!api_) return Error{Kind::Unavailable, "the host knows no MX policies"};
    auto o = sized<ph_mx_policy_offer>();
    o.deadline_ms = deadlineMs_;
    o.name = name_;
    o.self = this;
    o.judge = [](void* self, const ph_mx_question* question, ph_mx_call* raw) -> ph_status {
      auto* me = static_cast<MxPolicy*>(self);
      const Call call(*me->api_, raw);
      const ph_status s =
          guard(&me->host_, me->name_, ph_status{PH_E_BUG}, [&] { return fromStatus(me->function_(*question, call)); });
      return s == PH_OK || call.takeBack() ? s : PH_OK;
    };
    return toStatus(api_->offer(host_.raw(), &o), "the policy's name is taken");
  }

 private:
  const Host& host_;
  const ph_mx_policy* const api_;
  const char* name_;
  const uint32_t deadlineMs_;
  const Function function_;
};

}  // namespace ph
