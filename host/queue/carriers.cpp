#include "queue/carriers.hpp"

#include "base/in_plugin.hpp"
#include "ph/text.hpp"

namespace posthouse::queue {
namespace {

class LocalCarrier final : public Carrier {
 public:
  explicit LocalCarrier(LocalDelivery deliver) : deliver_(std::move(deliver)) {}

  ph::Status begin(const std::shared_ptr<Attempt>& attempt) override {
    ph_delivery delivery = ph::sized<ph_delivery>();
    while (attempt->next(&delivery) == PH_OK) {
      // The parcel goes with the last result's message: a copy of what every recipient needs.
      const Parcel parcel = *attempt->current();
      for (size_t i = 0; i < parcel.rcpts.size() && !attempt->cancelled(); ++i) {
        const auto& e = parcel.message.envelope;
        const auto& rcpt = parcel.rcpts[i].rcpt;
        (void)attempt->result(i,
                              deliver_(e, rcpt, "queue:" + e.id + ":" + std::to_string(rcpt.number), parcel.content));
      }
    }
    attempt->end(nullptr, {});
    return {};
  }
  void cancel(Attempt&) override {}  // looks itself

 private:
  const LocalDelivery deliver_;
};

class FailCarrier final : public Carrier {
 public:
  ph::Status begin(const std::shared_ptr<Attempt>& attempt) override {
    const auto& t = attempt->transport();
    Outcome o;
    o.outcome = t.code < 500 ? PH_DELIVERY_TEMPORARY : PH_DELIVERY_PERMANENT;
    o.code = t.code;
    o.flags = PH_ATTEMPT_LOCAL;
    o.enhanced = t.code < 500 ? "4.7.0" : "5.7.0";
    o.text = t.text.empty() ? "the transport fails as configured" : t.text;
    ph_delivery delivery = ph::sized<ph_delivery>();
    while (attempt->next(&delivery) == PH_OK) {
      for (size_t i = 0; i < delivery.rcpt_count; ++i) (void)attempt->result(i, o);
    }
    attempt->end(nullptr, {});
    return {};
  }
  void cancel(Attempt&) override {}
};

class PluginCarrier final : public Carrier {
 public:
  PluginCarrier(const ph_transport_offer& offer, std::string plugin) : offer_(offer), plugin_(std::move(plugin)) {}

  ph::Status begin(const std::shared_ptr<Attempt>& attempt) override {
    const InPlugin inside(plugin_.c_str());
    const auto s = offer_.begin(offer_.self, reinterpret_cast<ph_attempt*>(attempt.get()));
    return ph::toStatus(s, "the transport could not begin");
  }
  void cancel(Attempt& attempt) override {
    const InPlugin inside(plugin_.c_str());
    if (offer_.cancel) offer_.cancel(offer_.self, reinterpret_cast<ph_attempt*>(&attempt));
  }

 private:
  const ph_transport_offer offer_;
  const std::string plugin_;
};

}  // namespace

std::shared_ptr<Carrier> newLocalCarrier(LocalDelivery deliver) {
  return std::make_shared<LocalCarrier>(std::move(deliver));
}
std::shared_ptr<Carrier> newFailCarrier() {
  return std::make_shared<FailCarrier>();
}
std::shared_ptr<Carrier> newPluginCarrier(const ph_transport_offer& offer, std::string plugin) {
  return std::make_shared<PluginCarrier>(offer, std::move(plugin));
}

}  // namespace posthouse::queue
