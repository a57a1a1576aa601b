#include "dns/chain.hpp"

#include <algorithm>

namespace posthouse::dns {

Chain::Chain(Question question) : at_(std::move(question)) {
  seen_.insert(at_.name);
}

Chain::Step Chain::add(const Reply& reply, bool trusted) {
  const Security security = !trusted          ? Security::Indeterminate
                            : reply.authentic ? Security::Secure
                                              : Security::Insecure;
  // A chain is as secure as its weakest link.
  answer_.security = std::exchange(first_, false) ? security : std::min(answer_.security, security);
  return follow(reply);
}

Chain::Step Chain::follow(const Reply& reply) {
  const std::string asked = at_.name;
  for (;;) {
    const Reply::Owned* alias = nullptr;
    for (const auto& a : reply.answers) {
      if (a.owner != at_.name) continue;
      if (a.record.type == at_.type) {
        answer_.records.push_back(a.record);
        ttl_ = std::min(ttl_, a.ttl);
      } else if (a.record.type == Type::Cname && !alias) {
        alias = &a;
      }
    }
    if (!answer_.records.empty()) {
      std::stable_sort(answer_.records.begin(), answer_.records.end(),
                       [](const auto& a, const auto& b) { return a.preference < b.preference; });
      return finish(Outcome::Found, ttl_);
    }
    if (!alias) break;
    ttl_ = std::min(ttl_, alias->ttl);
    at_.name = alias->record.value;
    if (!seen_.insert(at_.name).second) return failed("the aliases (CNAME) form a loop at " + at_.name);
    if (seen_.size() > kMaxAliases + 1) return failed("more than " + std::to_string(kMaxAliases) + " aliases (CNAME)");
  }
  if (reply.damaged) {
    problem_ = "answers with records that can't be read";
    return Step::Wrong;
  }
  // RFC 6604 3: the code is about the last name of the chain. Without a SOA nothing may be kept (RFC 2308 5).
  const uint32_t negative = std::min({ttl_, reply.negativeTtl.value_or(0), kMaxNegativeTtl});
  if (reply.rcode == static_cast<int>(Rcode::NxDomain)) return finish(Outcome::NoName, negative);
  if (reply.negativeTtl) return finish(Outcome::NoData, negative);
  if (at_.name != asked) return Step::Ask;
  if (reply.delegates && !reply.recursive) {
    problem_ = "names other servers instead of asking them";
    return Step::Wrong;
  }
  return finish(Outcome::NoData, 0);
}

Chain::Step Chain::finish(Outcome outcome, uint32_t ttl) {
  answer_.outcome = outcome;
  answer_.name = at_.name;
  answer_.ttl = ttl;
  return Step::Done;
}

Chain::Step Chain::failed(const std::string& why) {
  answer_.security = Security::Indeterminate;
  answer_.text = why;
  return finish(Outcome::Temporary, ttl_);
}

}  // namespace posthouse::dns
