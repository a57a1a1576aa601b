#include "keys/mail_signer.hpp"

#include <algorithm>

#include "dkim/sign.hpp"
#include "dkim/signature.hpp"

namespace ph_mailauth::keys {
namespace {

constexpr uint32_t kFirstLookMs = 5'000;
constexpr uint32_t kLookEveryMs = 10 * 60 * 1000;
constexpr uint32_t kDnsBudgetMs = 120'000;

}  // namespace

std::vector<ph::DomainRecord> recordsOf(const std::string& domain, const std::vector<Key>& all) {
  std::vector<ph::DomainRecord> out;
  for (const auto& k : all) {
    if (k.domain != domain || k.state == State::Retired) continue;
    out.push_back({k.recordName() + ".", "TXT", k.record,
                   k.state == State::Retiring ? "A key of signatures under way; keep it (RFC 6376 3.6)."
                                              : "A key that signs mail (RFC 6376 3.6)."});
  }
  return out;
}

MailSigner::MailSigner(const ph::Host& host, const SettingsBox& settings)
    : host_(host),
      settings_(settings),
      records_(host),
      keeper_(host, [this](const std::vector<Key>& all) { publish(all); }),
      signer_(host, "dkim", 0, [this](const ph_signing& what) { return sign(what); }) {}

ph::Status MailSigner::start() {
  const auto settings = settings_.get();
  if (!signer_.offered() || !host_.jobs) return {};
  const auto opened = keeper_.open();
  open_ = opened.ok();
  // Mail that should be signed is treated as the policy says until a later look opens them.
  if (!opened) host_.error("the signing keys can't be opened", {{"reason", opened.error().text}});
  uint64_t timer = 0;
  const ph_status s = host_.jobs->schedule(
      host_.raw(), PH_POOL_HOOK, kFirstLookMs, kLookEveryMs,
      [](void* self) {
        auto* me = static_cast<MailSigner*>(self);
        ph::guardVoid(&me->host_, "keys", [me] {
          if (const auto done = me->look(kDnsBudgetMs); !done)
            me->host_.warn("the signing keys could not be looked after", {{"reason", done.error().text}});
        });
      },
      this, &timer);
  if (s != PH_OK) return ph::toStatus(s, "no timer for the signing keys");
  return signer_.offer(settings->dkim.failTemporarily ? PH_SIGNER_TEMPFAIL : PH_SIGNER_OPEN);
}

ph::Status MailSigner::look(uint32_t budgetMs) {
  if (!open_) {
    if (auto s = keeper_.open(); !s) return s;
    open_ = true;
  }
  HostResolver resolver(host_, budgetMs);
  return keeper_.look(resolver, settings_.get()->dkim.plan, host_.wallMs() / 1000);
}

ph::Status MailSigner::renew(const std::string& domain) {
  return keeper_.renew(domain, settings_.get()->dkim.plan, host_.wallMs() / 1000);
}

ph::Status MailSigner::stop(const std::string& domain) {
  const auto wanted = plan().domains;
  if (std::find(wanted.begin(), wanted.end(), domain) != wanted.end())
    return ph::Error{ph::Kind::Conflict, "sign_domains names " + domain + "; take it out first"};
  return keeper_.stop(domain, host_.wallMs() / 1000);
}

ph::Result<std::string> MailSigner::sign(const ph_signing& what) const {
  const auto settings = settings_.get();
  const std::string domain(ph::view(what.domain));
  if (domain.empty()) return std::string();
  if (!open_) {
    // Who has keys is not known: those of the configuration should.
    const auto& wanted = settings->dkim.plan.domains;
    const auto covers = [&](const std::string& d) { return dkim::isAtOrBelow(domain, d); };
    if (std::none_of(wanted.begin(), wanted.end(), covers)) return std::string();
    return ph::Error{ph::Kind::Unavailable, "the signing keys are not open"};
  }
  const auto ring = keeper_.ring(domain);
  if (!ring->problem.empty())
    host_.error("mail is not signed by all keys", {{"domain", domain}, {"reason", ring->problem}});
  if (ring->keys.empty())
    return ring->problem.empty() ? ph::Result<std::string>(std::string())
                                 : ph::Error{ph::Kind::Unavailable, ring->problem};
  dkim::SignOptions options = settings->dkim.sign;
  options.timestamp = host_.wallMs() / 1000;
  if (settings->dkim.signLifetime > 0) options.lifetime = settings->dkim.signLifetime;
  if (settings->dkim.signIdentity) options.identity = std::string(ph::view(what.author));
  return dkim::sign(Octets(host_, what.message), ring->keys, options);
}

void MailSigner::publish(const std::vector<Key>& all) {
  std::set<std::string> domains;
  for (const auto& k : all) domains.insert(k.domain);
  for (const auto& d : shown_) {
    if (!domains.contains(d)) (void)records_.set(d, {});
  }
  for (const auto& d : domains) {
    if (const auto s = records_.set(d, recordsOf(d, all)); !s && s.error().kind != ph::Kind::Unavailable)
      host_.warn("the records of a domain can't be shown", {{"domain", d}, {"reason", s.error().text}});
  }
  shown_ = std::move(domains);
}

}  // namespace ph_mailauth::keys
