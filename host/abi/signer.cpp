#include "ph/draft/host/signer.h"

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "plugin/instance.hpp"
#include "signing/signers.hpp"

namespace posthouse::abi {
namespace {

ph_status offer(const ph_host* host, const ph_signer_offer* in) {
  constexpr uint32_t kNeeded = offsetof(ph_signer_offer, sign) + sizeof(in->sign);
  if (!in || in->size < kNeeded || !in->name || !in->sign) return PH_E_INVALID;
  auto* i = plugin::Instance::of(host);
  if (!i->mayRegister()) return PH_E_DENIED;
  if (!i->core().signers) return PH_E_UNAVAILABLE;
  signing::Signer s;
  s.plugin = i->manifest().id;
  s.name = in->name;
  s.policy = in->policy;
  if (in->deadline_ms > 0) s.deadline = std::chrono::milliseconds(in->deadline_ms);
  s.self = in->self;
  s.sign = in->sign;
  s.begin = [i] { return i->admitsCall() && i->beginJob(); };
  s.end = [i] { i->endJob(); };
  s.late = [i] { i->callLate(); };
  s.stuck = [i] { i->callStuck(); };
  s.returned = [i](bool wasStuck) { i->callReturned(wasStuck); };
  return ph::fromStatus(i->core().signers->add(i, std::move(s)));
}

}  // namespace

const void* signerTable() {
  static const ph_signer table = {sizeof(ph_signer), 0, offer};
  return &table;
}

}  // namespace posthouse::abi
