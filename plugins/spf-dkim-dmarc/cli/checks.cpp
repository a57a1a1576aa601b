#include "cli/checks.hpp"

#include "dmarc/check.hpp"
#include "results/auth_results.hpp"
#include "spf/received_spf.hpp"

namespace ph_mailauth {

namespace {

using ph::json::Value;

struct Spf {
  SpfIdentity identity;
  SpfQuery query;
  SpfResult result;
};

ph::Result<Spf> checked(const ClientArguments& client, Resolver& resolver) {
  const auto ip = Ip::parse(client.ip);
  if (!ip) return ph::Error{ph::Kind::Invalid, "ip: '" + client.ip + "' is no address"};
  std::string_view path = client.mailFrom;
  if (path.size() >= 2 && path.front() == '<' && path.back() == '>') path = path.substr(1, path.size() - 2);
  Spf out;
  out.identity = mailFromIdentity(path, client.helo);
  out.query = {*ip, out.identity.domain, out.identity.sender, client.helo, client.receiver, client.now};
  out.result = checkHost(out.query, resolver);
  return out;
}

Value spfObject(const Spf& spf, std::string_view reversePath) {
  return Value::object({{"result", name(spf.result.status)},
                        {"identity", spf.identity.helo ? "helo" : "mailfrom"},
                        {"domain", spf.identity.domain},
                        {"explanation", spf.result.explanation},
                        {"mechanism", spf.result.mechanism},
                        {"problem", spf.result.problem},
                        {"lookups", spf.result.lookups},
                        {"void_lookups", spf.result.voids},
                        {"dnssec", spf.result.secure},
                        {"received_spf", receivedSpf(spf.result, spf.query, spf.identity, reversePath)}});
}

Value dkimObjects(const std::vector<DkimResult>& results) {
  Value out = Value::list();
  for (const auto& r : results) {
    out.add(Value::object(
        {{"result", name(r.status)}, {"domain", r.domain}, {"selector", r.selector}, {"reason", r.reason}}));
  }
  return out;
}

Value published(const DmarcPublished& p) {
  if (p.status != DmarcPublished::Status::Found) return {};
  const auto& r = p.record;
  const auto policyOr = [](const std::optional<DmarcPolicy>& policy) {
    return policy ? Value(name(*policy)) : Value();
  };
  Value aggregate = Value::list();
  for (const auto& uri : r.aggregate) aggregate.add(uri.uri);
  return Value::object({{"domain", p.domain},
                        {"p", name(r.policy)},
                        {"sp", policyOr(r.subdomainPolicy)},
                        {"np", policyOr(r.nonexistentPolicy)},
                        {"pct", r.percent},
                        {"adkim", r.strictDkim ? "s" : "r"},
                        {"aspf", r.strictSpf ? "s" : "r"},
                        {"rua", std::move(aggregate)},
                        {"dnssec", p.secure}});
}

}  // namespace

ph::Result<Value> spfCheck(const ClientArguments& client, Resolver& resolver) {
  const auto spf = checked(client, resolver);
  if (!spf) return spf.error();
  return spfObject(*spf, client.mailFrom);
}

ph::Result<Value> dmarcCheck(const ClientArguments& client, std::string_view message, bool treeWalk,
                             const DkimVerifier& verify, Resolver& resolver) {
  const auto spf = checked(client, resolver);
  if (!spf) return spf.error();
  DmarcDiscovery discovery(resolver, treeWalk);
  DmarcQuery query;
  query.authors = authorsOf(message);
  query.spf = spf->result.status;
  query.spfDomain = spf->identity.domain;
  if (verify) query.dkim = verify(message, resolver);
  const auto result = checkDmarc(query, discovery);
  const bool refused = dispositionOf(result, 0) != DmarcPolicy::None;
  std::string results = client.receiver + "; " + spfEntry(spf->result, spf->identity);
  results += "; " + dmarcEntry(name(result.status), result.domain, dispositionOf(result, 0), std::nullopt);
  return Value::object({{"result", name(result.status)},
                        {"domain", result.domain},
                        {"organisational_domain", result.organisation},
                        {"record", published(result.published)},
                        {"policy", name(result.policy)},
                        {"spf_aligned", result.spfAligned},
                        {"dkim_aligned", result.dkimAligned},
                        {"verdict", refused ? "reject" : "accept"},
                        {"problem", result.problem},
                        {"spf", spfObject(*spf, client.mailFrom)},
                        {"dkim", dkimObjects(query.dkim)},
                        {"authentication_results", results}});
}

}  // namespace ph_mailauth
