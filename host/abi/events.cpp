#include "ph/draft/host/events.h"

#include "abi/tables.hpp"
#include "events/event_log.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;

events::EventLog& logOf(const ph_host* host) {
  return *Instance::of(host)->core().events;
}

ph_status publish(const ph_host* host, ph_str name, ph_str account, ph_str data) {
  if (name.len == 0) return PH_E_INVALID;
  return ph::fromStatus(logOf(host).publish(ph::view(name), ph::view(account), ph::view(data)));
}

ph_status subscribe(const ph_host* host, void (*fn)(void*, uint64_t), void* ctx) {
  return Instance::of(host)->subscribe(fn, ctx);
}

ph_status read(const ph_host* host, uint64_t after, size_t max, int32_t (*each)(void*, const ph_event*), void* ctx,
               uint64_t* first) {
  uint64_t oldest = 0;
  const auto list = logOf(host).read(after, max, &oldest);
  if (first) *first = oldest;
  if (!list) return static_cast<ph_status>(list.error().kind);
  for (const auto& e : *list) {
    auto out = ph::sized<ph_event>();
    out.seq = e.seq;
    out.wall_ms = e.wallMs;
    out.name = ph::str(e.name);
    out.account = ph::str(e.account);
    out.data = ph::str(e.data);
    if (each(ctx, &out) != 0) break;
  }
  return PH_OK;
}

ph_status cursorGet(const ph_host* host, ph_str name, uint64_t* seq) {
  const auto c = logOf(host).cursor(Instance::of(host)->manifest().id, ph::view(name));
  if (!c) return static_cast<ph_status>(c.error().kind);
  *seq = *c;
  return PH_OK;
}

ph_status cursorSet(const ph_host* host, ph_str name, uint64_t seq) {
  return ph::fromStatus(logOf(host).setCursor(Instance::of(host)->manifest().id, ph::view(name), seq));
}

ph_status last(const ph_host* host, uint64_t* seq) {
  *seq = logOf(host).last();
  return PH_OK;
}

}  // namespace

const void* eventsTable() {
  static const ph_events table = {sizeof(ph_events), 0, publish, subscribe, read, cursorGet, cursorSet, last};
  return &table;
}

}  // namespace posthouse::abi
