#include "dmarc/dmarc_hooks.hpp"

#include <algorithm>
#include <random>

#include "dmarc/override.hpp"
#include "hooks.hpp"
#include "ph/header/block.hpp"
#include "ph/message.hpp"
#include "report/receive_hook.hpp"
#include "results/auth_results.hpp"
#include "spf/identity.hpp"

namespace ph_mailauth {

namespace {

constexpr uint32_t kDeadlineMs = 65'000;
constexpr unsigned kQuestions = 250;  // eight authors, each with a walk and the walks of all that could be aligned

unsigned draw() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_int_distribution<unsigned>(0, 99)(random);
}

// The header section of the message in question, or a longer start of it.
ph::Result<std::string> headerOf(const ph::Host& host, const ph_txn* txn) {
  ph_message* raw = host.pipeline->message(txn);
  if (!raw) return ph::Error{ph::Kind::NotFound, "no message"};
  host.message->retain(raw);
  const ph::Message message(host, raw);
  std::string out(static_cast<size_t>(std::min<uint64_t>(message.length(), ph::header::kMaxBlock)), '\0');
  size_t got = 0;
  while (got < out.size()) {
    const int64_t n = message.read(got, out.data() + got, out.size() - got);
    if (n < 0) return ph::Error{ph::Kind::Temporary, "the message can't be read"};
    if (n == 0) break;
    got += static_cast<size_t>(n);
  }
  out.resize(got);
  return out;
}

// The message, in what waits for its recipients.
std::string keyOf(const ph::Host& host, const ph::HookCall& call) {
  return std::string(ph::view(host.pipeline->message_id(call.txn())));
}

SpfStatus spfStatus(std::string_view word) {
  for (const auto s : {SpfStatus::Pass, SpfStatus::Fail, SpfStatus::SoftFail, SpfStatus::Neutral, SpfStatus::TempError,
                       SpfStatus::PermError}) {
    if (word == name(s)) return s;
  }
  return SpfStatus::None;
}

}  // namespace

DmarcHooks::DmarcHooks(const ph::Host& host, const SettingsBox& settings, Recorder& recorder)
    : host_(host),
      settings_(settings),
      recorder_(recorder),
      inspect_(host,
               {"dmarc",
                PH_STAGE_DATA,
                PH_ROLE_INSPECT,
                PH_POLICY_OPEN,
                kDeadlineMs,
                {"auth.dmarc", "auth.dmarc.policy", "auth.dmarc.domain"},
                {"auth.spf", "auth.dkim", "auth.dkim.selectors"}},
               [this](ph::HookCall& call) { return inspect(call); }),
      judge_(host,
             {"dmarc-policy",
              PH_STAGE_DELIVER,
              PH_ROLE_JUDGE,
              PH_POLICY_OPEN,
              0,
              {},
              {"auth.dmarc", "auth.dmarc.policy", "auth.dmarc.domain", "auth.override", "rcpt.rule"}},
             [this](ph::HookCall& call) { return judge(call); }) {}

ph::Status DmarcHooks::start() {
  for (auto* hook : {&inspect_, &judge_}) {
    if (auto s = hook->add(); !s) return s;
  }
  return {};
}

ph::Status DmarcHooks::inspect(ph::HookCall& call) const {
  const auto settings = settings_.get();
  if (!isChecked(call, *settings)) return {};
  const auto header = headerOf(host_, call.txn());
  if (!header) return header.error();
  // Not counted for the transaction: what others asked must not keep the policy of a forged author from being found.
  HostResolver resolver(host_, settings->dnsTimeoutMs, nullptr, kQuestions);
  DmarcDiscovery discovery(resolver, settings->dmarcTreeWalk);
  DmarcQuery query;
  query.authors = authorsOf(*header);
  query.spf = spfStatus(call.fact("auth.spf").value_or(std::string_view()));
  const auto identity = mailFromIdentity(call.reversePath(), ph::view(call.info().helo));
  query.spfDomain = identity.domain;
  query.dkim = dkimResults(call.fact("auth.dkim").value_or(std::string_view()),
                           call.fact("auth.dkim.selectors").value_or(std::string_view()));
  const auto result = checkDmarc(query, discovery);
  recorder_.prepare(keyOf(host_, call), query, result, ph::view(call.info().remote_ip), identity.helo);
  if (auto s = call.setFact("auth.dmarc", name(result.status)); !s) return s;
  if (auto s = call.setFact("auth.dmarc.domain", result.domain); !s) return s;
  return call.setFact("auth.dmarc.policy", name(dispositionOf(result, draw())));
}

ph::Status DmarcHooks::judge(ph::HookCall& call) const {
  const auto status = call.fact("auth.dmarc");
  if (!status) return {};
  const auto domain = call.fact("auth.dmarc.domain").value_or(std::string_view());
  const auto asked =
      dmarcPolicy(call.fact("auth.dmarc.policy").value_or(std::string_view())).value_or(DmarcPolicy::None);
  const auto override = overrideOf(call.fact("auth.override"), call.fact("rcpt.rule"));
  if (auto s = call.addAuthResult(dmarcEntry(*status, domain, asked, override)); !s) return s;
  const auto settings = settings_.get();
  // Quarantine is a refusal, too: mail that its author's domain calls doubtful helps nobody in a folder nobody reads.
  const bool refuse = asked != DmarcPolicy::None && !override && settings->dmarcEnforce;
  const auto rcpt = call.currentRcpt();
  recorder_.settle(keyOf(host_, call), asked, refuse ? DmarcPolicy::Reject : DmarcPolicy::None, override,
                   rcpt && isReportAddress(ph::view(rcpt->forward_path), *settings));
  if (!refuse) return {};
  // RFC 7372 3.3.
  return call.reject("5.7.26",
                     "the policy of " + std::string(domain) + " forbids mail like this, see its DMARC record");
}

}  // namespace ph_mailauth
