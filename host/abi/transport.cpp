#include "ph/draft/host/transport.h"

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"
#include "queue/carriers.hpp"
#include "queue/queue.hpp"

namespace posthouse::abi {
namespace {

using queue::Attempt;
using queue::Outcome;

Attempt* of(ph_attempt* a) {
  return reinterpret_cast<Attempt*>(a);
}

Outcome outcome(const ph_attempt_result& r) {
  const auto whole = take(r);
  return {whole.outcome,
          whole.code,
          whole.flags,
          std::string(ph::view(whole.enhanced)),
          std::string(ph::view(whole.text)),
          std::string(ph::view(whole.host)),
          std::string(ph::view(whole.ip)),
          std::string(ph::view(whole.tls))};
}

ph_status offer(const ph_host* host, const ph_transport_offer* o) {
  constexpr uint32_t kNeeded = offsetof(ph_transport_offer, cancel) + sizeof(o->cancel);
  if (!o || o->size < kNeeded || !o->name || !o->begin) return PH_E_INVALID;
  auto* i = plugin::Instance::of(host);
  if (!i->mayRegister()) return PH_E_DENIED;
  return ph::fromStatus(i->core().queue->offer(i, o->name, queue::newPluginCarrier(take(*o), i->manifest().id)));
}

void destination(ph_attempt* a, ph_destination* out) {
  ph_destination d = ph::sized<ph_destination>();
  of(a)->destination(&d);
  give(d, out);
}

ph_status next(ph_attempt* a, ph_delivery* out) {
  ph_delivery d = ph::sized<ph_delivery>();
  const auto s = of(a)->next(&d);
  if (s == PH_OK) give(d, out);
  return s;
}

ph_status rcpt(ph_attempt* a, size_t index, ph_delivery_rcpt* out) {
  ph_delivery_rcpt r = ph::sized<ph_delivery_rcpt>();
  const auto s = of(a)->rcpt(index, &r);
  if (s == PH_OK) give(r, out);
  return s;
}

ph_status result(ph_attempt* a, size_t index, const ph_attempt_result* r) {
  return r ? of(a)->result(index, outcome(*r)) : PH_E_INVALID;
}

void note(ph_attempt* a, ph_str text) {
  of(a)->note(ph::view(text));
}

void end(ph_attempt* a, const ph_attempt_result* overall, ph_str hint) {
  const auto keep = of(a)->shared_from_this();
  if (!overall) return keep->end(nullptr, ph::view(hint));
  Outcome o = outcome(*overall);
  // An attempt as a whole does not deliver what has no result.
  if (o.outcome != PH_DELIVERY_PERMANENT) o.outcome = PH_DELIVERY_TEMPORARY;
  keep->end(&o, ph::view(hint));
}

}  // namespace

const void* transportTable() {
  static const ph_transport table = {sizeof(ph_transport), 0, offer, destination, next, rcpt, result, note, end};
  return &table;
}

}  // namespace posthouse::abi
