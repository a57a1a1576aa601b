// A signer as a function: it reads a message that leaves and gives the header fields to put on top.
// Threads: the function is called on workers, many at once; guard what it shares.
#pragma once

#include <ph/draft/host/signer.h>

#include <functional>
#include <string>
#include <utility>

#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

// Must live until the plugin is stopped, so keep it as a member of the plugin.
class Signer {
 public:
  // Complete fields with their line ends; an empty text signs nothing. Kind::Temporary makes the mail wait.
  using Function = std::function<Result<std::string>(const ph_signing& what)>;

  Signer(const Host& host, const char* name, uint32_t deadlineMs, Function function)
      : host_(host),
        api_(host.get<ph_signer>(PH_IF_SIGNER)),
        name_(name),
        deadlineMs_(deadlineMs),
        function_(std::move(function)) {}
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  bool offered() const { return api_ != nullptr; }
  // Call in Plugin::start. `policy`: PH_SIGNER_*.
  Status offer(int32_t policy) {
    if (!api_) return Error{Kind::Unavailable, "the host asks no signers"};
    auto o = sized<ph_signer_offer>();
    o.deadline_ms = deadlineMs_;
    o.policy = policy;
    o.name = name_;
    o.self = this;
    o.sign = [](void* self, const ph_signing* what, ph_sink fields) -> ph_status {
      auto* me = static_cast<Signer*>(self);
      return guard(&me->host_, me->name_, ph_status{PH_E_BUG}, [&]() -> ph_status {
        const auto text = me->function_(*what);
        if (!text) return static_cast<ph_status>(text.error().kind);
        return text->empty() ? PH_OK : fields.write(fields.ctx, text->data(), text->size());
      });
    };
    return toStatus(api_->offer(host_.raw(), &o), std::string("the signer ") + name_ + " is refused");
  }

 private:
  const Host& host_;
  const ph_signer* const api_;
  const char* name_;
  const uint32_t deadlineMs_;
  const Function function_;
};

}  // namespace ph
