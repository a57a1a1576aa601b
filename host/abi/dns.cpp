#include "ph/draft/host/dns.h"

#include <algorithm>
#include <chrono>

#include "abi/tables.hpp"
#include "dns/resolver.hpp"
#include "ph/text.hpp"
#include "pipeline/stage_run.hpp"
#include "plugin/instance.hpp"

namespace posthouse::abi {
namespace {

using std::chrono::milliseconds;

// The numbers of the contract are those inside.
static_assert(static_cast<int>(dns::Type::Caa) == PH_DNS_CAA && static_cast<int>(dns::Type::Tlsa) == PH_DNS_TLSA);
static_assert(static_cast<int>(dns::Outcome::Temporary) == PH_DNS_TEMPORARY);
static_assert(static_cast<int>(dns::Security::Bogus) == PH_DNS_BOGUS);

using Fn = void (*)(void* ctx, const ph_dns_answer* answer);

void tell(const dns::Answer& from, uint32_t ttl, Fn fn, void* ctx) {
  std::vector<ph_dns_record> records;
  records.reserve(from.records.size());
  for (const auto& r : from.records) {
    auto out = ph::sized<ph_dns_record>();
    out.type = static_cast<uint16_t>(r.type);
    out.preference = r.preference;
    out.ttl = ttl;
    out.value = ph::str(r.value);
    out.weight = r.weight;
    out.port = r.port;
    records.push_back(out);
  }
  auto answer = ph::sized<ph_dns_answer>();
  answer.outcome = static_cast<int32_t>(from.outcome);
  answer.security = static_cast<int32_t>(from.security);
  answer.records = records.data();
  answer.count = records.size();
  answer.name = ph::str(from.name);
  answer.text = ph::str(from.text);
  fn(ctx, &answer);
}

ph_status query(const ph_host* host, ph_str name, int32_t type, uint32_t deadlineMs, Fn fn, void* ctx) {
  const auto known = dns::typeOf(type);
  if (!known || !fn) return PH_E_INVALID;
  auto* instance = plugin::Instance::of(host);
  if (!instance->core().dns) return PH_E_UNAVAILABLE;
  if (!instance->beginJob()) return PH_E_CANCELLED;
  const auto s = instance->core().dns->query(ph::view(name), *known, milliseconds(deadlineMs), instance,
                                             [instance, fn, ctx](const dns::Answer& answer, uint32_t ttl) {
                                               tell(answer, ttl, fn, ctx);
                                               instance->endJob();
                                             });
  if (!s) instance->endJob();
  return ph::fromStatus(s);
}

ph_status queryIn(const ph_host* host, const ph_call* call, ph_str name, int32_t type, uint32_t deadlineMs, Fn fn,
                  void* ctx) {
  const auto left = std::chrono::duration_cast<milliseconds>(call->deadline - std::chrono::steady_clock::now()).count();
  const auto most = static_cast<uint32_t>(std::clamp<int64_t>(left, 1, 60000));
  if (call->questions && call->questions->fetch_add(1) >= PH_DNS_PER_TXN) return PH_E_LIMIT;
  return query(host, name, type, deadlineMs ? std::min(deadlineMs, most) : most, fn, ctx);
}

}  // namespace

const void* dnsTable() {
  static const ph_dns table = {sizeof(ph_dns), 0, query, queryIn};
  return &table;
}

}  // namespace posthouse::abi
