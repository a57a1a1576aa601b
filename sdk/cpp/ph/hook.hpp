// A hook as a function: it reads a transaction and puts what it thinks into its HookCall.
// Threads: the function is called on workers, many at once, also for one transaction; guard what it shares.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

// What the function sees; valid until it returns, as all it gives.
class HookCall {
 public:
  HookCall(const ph_pipeline& api, const ph_txn* txn, const ph_call* call, ph_result* out)
      : api_(api), txn_(txn), call_(call), out_(out) {}

  ph_txn_info info() const {
    auto i = sized<ph_txn_info>();
    api_.info(txn_, &i);
    return i;
  }
  std::string_view reversePath() const { return view(api_.reverse_path(txn_)); }  // empty for <>
  size_t rcptCount() const { return api_.rcpt_count(txn_); }
  std::optional<ph_rcpt> rcpt(size_t index) const {
    auto r = sized<ph_rcpt>();
    if (api_.rcpt(txn_, index, &r) != PH_OK) return std::nullopt;
    return r;
  }
  // The recipient in question, in PH_STAGE_RCPT and PH_STAGE_DELIVER.
  std::optional<ph_rcpt> currentRcpt() const { return rcpt(api_.current_rcpt(txn_)); }
  std::optional<std::string_view> fact(std::string_view name) const {
    ph_str value{};
    if (api_.fact(txn_, str(name), &value) != PH_OK) return std::nullopt;
    return view(value);
  }
  const ph_txn* txn() const { return txn_; }
  const ph_call* raw() const { return call_; }  // for ph::Dns and what else works on behalf of a hook

  // Nobody waits for the result any more.
  bool cancelled() const { return api_.cancelled(call_) != 0; }
  uint64_t remainingMs() const { return api_.remaining_ms(call_); }

  // `verdict` is one of PH_VERDICT_*; the last one set counts.
  Status setVerdict(int32_t verdict, int32_t code = 0, std::string_view enhanced = {}, std::string_view text = {}) {
    return toStatus(api_.set_verdict(out_, verdict, code, str(enhanced), str(text)), "verdict");
  }
  Status reject(std::string_view enhanced, std::string_view text) {
    return setVerdict(PH_VERDICT_REJECT, 550, enhanced, text);
  }
  Status tempfail(std::string_view enhanced, std::string_view text) {
    return setVerdict(PH_VERDICT_TEMPFAIL, 450, enhanced, text);
  }
  Status setFact(std::string_view name, std::string_view value) {
    return toStatus(api_.set_fact(out_, str(name), str(value)), "fact");
  }
  Status addHeader(std::string_view name, std::string_view value) {
    return toStatus(api_.add_header(out_, str(name), str(value)), "header field");
  }
  Status addAuthResult(std::string_view text) { return toStatus(api_.add_auth_result(out_, str(text)), "auth result"); }
  Status setMailbox(std::string_view mailbox) { return toStatus(api_.set_mailbox(out_, str(mailbox)), "mailbox"); }

 private:
  const ph_pipeline& api_;
  const ph_txn* txn_;
  const ph_call* call_;
  ph_result* out_;
};

// A hook offered to the host. Must live until the plugin is stopped, so keep it as a member of the plugin.
class Hook {
 public:
  struct Shape {
    const char* name;  // for people, logs and metrics
    int32_t stage;     // PH_STAGE_*
    int32_t role;      // PH_ROLE_*
    int32_t policy;    // PH_POLICY_*: what holds when the function fails, throws or is late
    uint32_t deadlineMs = 0;
    std::vector<const char*> provides = {};
    std::vector<const char*> wants = {};
  };
  using Function = std::function<Status(HookCall&)>;

  Hook(const Host& host, Shape shape, Function function)
      : host_(host), shape_(std::move(shape)), function_(std::move(function)) {}
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;

  // Call in Plugin::start.
  Status add() {
    auto provides = shape_.provides, wants = shape_.wants;
    provides.push_back(nullptr);
    wants.push_back(nullptr);
    auto h = sized<ph_hook>();
    h.stage = shape_.stage;
    h.role = shape_.role;
    h.policy = shape_.policy;
    h.deadline_ms = shape_.deadlineMs;
    h.name = shape_.name;
    h.provides = provides.data();
    h.wants = wants.data();
    h.self = this;
    h.run = [](void* self, const ph_txn* txn, const ph_call* call, ph_result* out) -> ph_status {
      auto* hook = static_cast<Hook*>(self);
      return guard(&hook->host_, hook->shape_.name, ph_status{PH_E_BUG}, [&] {
        HookCall c(*hook->host_.pipeline, txn, call, out);
        return fromStatus(hook->function_(c));
      });
    };
    return toStatus(host_.pipeline->hook_add(host_.raw(), &h), std::string("the hook ") + shape_.name + " is refused");
  }

 private:
  const Host& host_;
  Shape shape_;
  Function function_;
};

}  // namespace ph
