// A transport as a function: it is given attempts and says what became of them.
// Guarantees: texts longer than the contract allows are cut here. Threads: those of an Attempt follow ph.transport/1:
// any, one at a time.
#pragma once

#include <ph/draft/host/transport.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

struct AttemptResult {
  int32_t outcome = PH_DELIVERY_TEMPORARY;
  int32_t code = 0;
  uint32_t flags = 0;  // PH_ATTEMPT_*
  std::string enhanced;
  std::string text;
  std::string host;
  std::string ip;
  std::string tls;

  bool delivered() const { return outcome == PH_DELIVERED; }
  bool temporary() const { return outcome == PH_DELIVERY_TEMPORARY; }
  bool permanent() const { return outcome == PH_DELIVERY_PERMANENT; }

  ph_attempt_result raw() const {
    auto r = sized<ph_attempt_result>();
    r.outcome = outcome;
    r.code = code;
    r.flags = flags;
    r.enhanced = str(enhanced);
    r.text = str(std::string_view(text).substr(0, 2048));
    r.host = str(host);
    r.ip = str(ip);
    r.tls = str(tls);
    return r;
  }
};

// The host's half of one attempt. A handle: copies mean the same.
class Attempt {
 public:
  Attempt(const ph_transport& api, ph_attempt* raw) : api_(&api), raw_(raw) {}
  ph_attempt* raw() const { return raw_; }

  ph_destination destination() const {
    auto d = sized<ph_destination>();
    api_->destination(raw_, &d);
    return d;
  }
  // The next message. It reads from disk.
  std::optional<ph_delivery> next() const {
    auto d = sized<ph_delivery>();
    if (api_->next(raw_, &d) != PH_OK) return std::nullopt;
    return d;
  }
  std::optional<ph_delivery_rcpt> rcpt(size_t index) const {
    auto r = sized<ph_delivery_rcpt>();
    if (api_->rcpt(raw_, index, &r) != PH_OK) return std::nullopt;
    return r;
  }
  Status result(size_t index, const AttemptResult& result) const {
    const auto r = result.raw();
    return toStatus(api_->result(raw_, index, &r), "result");
  }
  void note(std::string_view text) const { api_->note(raw_, str(text.substr(0, 500))); }
  // The last call. `overall` may be nullptr.
  void end(const AttemptResult* overall, std::string_view hint) const {
    if (!overall) return api_->end(raw_, nullptr, str(hint.substr(0, 1024)));
    const auto r = overall->raw();
    api_->end(raw_, &r, str(hint.substr(0, 1024)));
  }

 private:
  const ph_transport* api_;
  ph_attempt* raw_;
};

// A transport offered to the host. Must live until the plugin is stopped, so keep it as a member of the plugin.
class TransportOffer {
 public:
  using Begin = std::function<Status(Attempt)>;
  using Cancel = std::function<void(ph_attempt*)>;

  TransportOffer(const Host& host, const char* name, Begin begin, Cancel cancel)
      : host_(host),
        api_(host.get<ph_transport>(PH_IF_TRANSPORT)),
        name_(name),
        begin_(std::move(begin)),
        cancel_(std::move(cancel)) {}
  TransportOffer(const TransportOffer&) = delete;
  TransportOffer& operator=(const TransportOffer&) = delete;

  // False: the host has no ph.transport/1; don't offer().
  explicit operator bool() const { return api_ != nullptr; }

  // Call in Plugin::start.
  Status offer() {
    auto o = sized<ph_transport_offer>();
    o.name = name_;
    o.self = this;
    o.begin = [](void* self, ph_attempt* attempt) -> ph_status {
      auto* me = static_cast<TransportOffer*>(self);
      return guard(&me->host_, "begin", ph_status{PH_E_BUG},
                   [&] { return fromStatus(me->begin_(Attempt(*me->api_, attempt))); });
    };
    o.cancel = [](void* self, ph_attempt* attempt) {
      auto* me = static_cast<TransportOffer*>(self);
      guardVoid(&me->host_, "cancel", [&] { me->cancel_(attempt); });
    };
    return toStatus(api_->offer(host_.raw(), &o), "the transport's name is taken");
  }

 private:
  const Host& host_;
  const ph_transport* const api_;
  const char* name_;
  const Begin begin_;
  const Cancel cancel_;
};

}  // namespace ph
