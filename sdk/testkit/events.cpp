#include "testkit/events.hpp"

#include "ph/text.hpp"
#include "testkit/fake_host.hpp"

namespace ph::testkit {

namespace {

ph_status read(const ph_host* host, uint64_t after, size_t max, int32_t (*each)(void*, const ph_event*), void* ctx,
               uint64_t* first) {
  const auto& lines = Events::of(host).lines;
  const uint64_t oldest = lines.empty() ? 0 : lines.front().seq;
  if (first) *first = oldest;
  if (oldest > 0 && after != 0 && after + 1 < oldest) return PH_E_CONFLICT;
  for (const auto& line : lines) {
    if (line.seq <= after) continue;
    if (max-- == 0) break;
    auto e = sized<ph_event>();
    e.seq = line.seq;
    e.wall_ms = static_cast<int64_t>(FakeHost::of(host).nowMs);
    e.name = str(line.name);
    e.account = str(line.account);
    e.data = str(line.data);
    if (each(ctx, &e) != 0) break;
  }
  return PH_OK;
}

}  // namespace

Events& Events::of(const ph_host* host) {
  return *const_cast<Events*>(static_cast<const Events*>(host->get(host, kId)));
}

void Events::publish(const ph_host* host, const std::string& name, const std::string& account,
                     const std::string& data) {
  lines.push_back({++last_, name, account, data});
  const auto tell = [](void* ctx) {
    const auto* s = static_cast<const Subscriber*>(ctx);
    s->fn(s->ctx, s->log->last_);
  };
  for (auto& s : subscribers) FakeHost::of(host).jobs.emplace_back(tell, &s);
}

void Events::drop(uint64_t first) {
  std::erase_if(lines, [first](const Line& l) { return l.seq < first; });
}

Events::Events() : table_(sized<ph_events>()) {
  table_.publish = [](const ph_host* h, ph_str name, ph_str account, ph_str data) -> ph_status {
    if (name.len == 0) return PH_E_INVALID;
    of(h).publish(h, std::string(view(name)), std::string(view(account)), std::string(view(data)));
    return PH_OK;
  };
  table_.subscribe = [](const ph_host* h, void (*fn)(void*, uint64_t), void* ctx) -> ph_status {
    of(h).subscribers.push_back({&of(h), fn, ctx});
    return PH_OK;
  };
  table_.read = &read;
  table_.cursor_get = [](const ph_host* h, ph_str name, uint64_t* seq) -> ph_status {
    const auto& cursors = of(h).cursors;
    const auto i = cursors.find(std::string(view(name)));
    *seq = i == cursors.end() ? 0 : i->second;
    return PH_OK;
  };
  table_.cursor_set = [](const ph_host* h, ph_str name, uint64_t seq) -> ph_status {
    if (of(h).cursorBroken) return PH_E_TEMPORARY;
    of(h).cursors[std::string(view(name))] = seq;
    return PH_OK;
  };
  table_.last = [](const ph_host* h, uint64_t* seq) -> ph_status {
    *seq = of(h).last_;
    return PH_OK;
  };
}

}  // namespace ph::testkit
