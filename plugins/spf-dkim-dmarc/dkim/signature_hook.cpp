#include "dkim/signature_hook.hpp"

#include "arc/verify.hpp"
#include "dkim/verify.hpp"
#include "dmarc/discovery.hpp"
#include "hooks.hpp"
#include "results/dkim_entry.hpp"

namespace ph_mailauth::dkim {
namespace {

constexpr uint32_t kDeadlineMs = 65'000;  // above the longest dns_timeout
constexpr size_t kMaxFact = 4096;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words) {
    if (out.size() + w.size() + 1 > kMaxFact) break;
    out += (out.empty() ? "" : " ") + w;
  }
  return out;
}

ph::Status tellArc(ph::HookCall& call, const arc::Result& result, const DkimSettings& settings) {
  if (auto s = call.setFact("auth.arc", name(result.status)); !s) return s;
  if (result.status == arc::ChainValue::None) return {};
  if (auto s = call.addAuthResult(arcEntry(result)); !s) return s;
  if (result.status != arc::ChainValue::Pass) return {};
  if (auto s = call.setFact("auth.arc.sealers", joined(result.sealers)); !s) return s;
  const auto& last = result.sealers.front();
  if (!settings.trustedSealers.contains(last)) return {};
  if (auto s = call.setFact("auth.arc.trusted", last); !s) return s;
  // RFC 8617 7.2.1: who is trusted to say so has seen a message that passed.
  if (!arc::saysPass(result.results, "dmarc")) return {};
  return call.setFact("auth.override", "trusted_forwarder arc=pass as=" + last);
}

}  // namespace

SignatureHook::SignatureHook(const ph::Host& host, const SettingsBox& settings)
    : host_(host),
      settings_(settings),
      hook_(host,
            {"dkim",
             PH_STAGE_DATA,
             PH_ROLE_INSPECT,
             PH_POLICY_OPEN,
             kDeadlineMs,
             {"auth.dkim", "auth.dkim.selectors", "auth.arc", "auth.arc.sealers", "auth.arc.trusted", "auth.override"},
             {}},
            [this](ph::HookCall& call) { return inspect(call); }) {}

ph::Status SignatureHook::inspect(ph::HookCall& call) {
  const auto settings = settings_.get();
  if (!isChecked(call, *settings)) return {};
  ph_message* raw = host_.pipeline->message(call.txn());
  if (!raw) return {};
  const Octets message(host_, raw);
  VerifyPolicy policy;
  policy.maxSignatures = settings->dkim.maxSignatures;
  policy.partialBody = settings->dkim.partialBody;
  policy.now = host_.wallMs() / 1000;
  policy.isPublicSuffix = isPublicSuffix;
  HostKeyQuestions questions(host_, settings->dnsTimeoutMs, call.raw());
  auto examination = Examination::begin(message);
  if (!examination) return examination.error();
  Verification dkim(**examination, questions, cache_, policy);
  arc::Verification chain(**examination, questions, cache_);
  if (auto s = (*examination)->readBody(); !s) return s;

  const auto results = dkim.finish();
  if (auto s = call.setFact("auth.dkim", dkimFact(results)); !s) return s;
  if (auto s = call.setFact("auth.dkim.selectors", selectorsFact(results)); !s) return s;
  if (results.empty()) {
    if (auto s = call.addAuthResult("dkim=none"); !s) return s;
  }
  for (const auto& r : results) {
    if (auto s = call.addAuthResult(dkimEntry(r)); !s) return s;
  }
  return tellArc(call, chain.finish(), settings->dkim);
}

}  // namespace ph_mailauth::dkim
