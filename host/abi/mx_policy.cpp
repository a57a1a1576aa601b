#include "ph/draft/host/mx_policy.h"

#include "abi/tables.hpp"
#include "base/in_plugin.hpp"
#include "mx/policies.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using plugin::Instance;

using Fn = void (*)(void* ctx, const ph_mx_answer* answer);

ph_status offer(const ph_host* host, const ph_mx_policy_offer* in) {
  constexpr uint32_t kNeeded = offsetof(ph_mx_policy_offer, judge) + sizeof(in->judge);
  if (in->size < kNeeded || !in->name || !in->judge) return PH_E_INVALID;
  auto* i = Instance::of(host);
  if (!i->mayRegister()) return PH_E_DENIED;
  if (!i->core().mxPolicies) return PH_E_UNAVAILABLE;
  mx::Policy p;
  p.plugin = i->manifest().id;
  p.name = in->name;
  if (in->deadline_ms > 0) p.deadline = std::chrono::milliseconds(in->deadline_ms);
  p.self = in->self;
  p.judge = in->judge;
  p.begin = [i] { return i->beginJob(); };
  p.end = [i] { i->endJob(); };
  return ph::fromStatus(i->core().mxPolicies->add(i, std::move(p)));
}

void answer(ph_mx_call* call, const ph_mx_answer* answer) {
  mx::Policies::answer(call, *answer);
}

void tell(const mx::Answer& from, Fn fn, void* ctx) {
  std::vector<ph_str> names, records;
  for (const auto& s : from.names) names.push_back(ph::str(s));
  for (const auto& s : from.records) records.push_back(ph::str(s));
  auto out = ph::sized<ph_mx_answer>();
  out.level = from.level;
  out.refuse = from.refuse ? 1 : 0;
  out.text = ph::str(from.text);
  out.names = names.data();
  out.name_count = names.size();
  out.records = records.data();
  out.record_count = records.size();
  fn(ctx, &out);
}

ph_status judge(const ph_host* host, const ph_mx_question* in, Fn fn, void* ctx) {
  if (!fn) return PH_E_INVALID;
  auto* i = Instance::of(host);
  if (!i->core().mxPolicies) return PH_E_UNAVAILABLE;
  if (!i->beginJob()) return PH_E_CANCELLED;
  mx::Question q;
  q.port = in->port;
  q.domain = ph::view(in->domain);
  q.host = ph::view(in->host);
  q.canonical = ph::view(in->canonical);
  q.mxSecure = in->mx_secure != 0;
  q.hostSecure = in->host_secure != 0;
  i->core().mxPolicies->judge(std::move(q), [i, fn, ctx](const mx::Answer& a) {
    {
      const InPlugin inside(i->manifest().id.c_str());
      tell(a, fn, ctx);
    }
    i->endJob();
  });
  return PH_OK;
}

}  // namespace

const void* mxPolicyTable() {
  static const ph_mx_policy table = {sizeof(ph_mx_policy), 0, offer, answer, judge};
  return &table;
}

}  // namespace posthouse::abi
