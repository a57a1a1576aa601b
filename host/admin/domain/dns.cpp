#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"
#include "net/address.hpp"
#include "ph/address/domain.hpp"
#include "plugin/domain_records.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

// The port clients reach a protocol at with TLS from the first byte; 0: none.
int implicitPort(const config::ServerConfig& config, std::string_view protocol) {
  for (const auto& l : config.listeners) {
    if (l.protocol != protocol || l.tls != "implicit" || l.addresses.empty()) continue;
    const auto address = net::Address::parse(l.addresses[0]);
    return address ? address->port() : 0;
  }
  return 0;
}

Answer run(Call& call) {
  if (const auto file = domainFile(call.core, call.text("domain")); !file) return file.error();
  const auto config = call.core.config();
  const std::string domain = *ph::address::normaliseDomain(call.text("domain")) + ".", host = config->hostname + ".";
  Value items = Value::list();
  const auto add = [&](const std::string& name, const char* type, const std::string& value, const char* why) {
    items.add(Value::object({{"name", name}, {"type", type}, {"value", value}, {"why", why}}));
  };
  add(domain, "MX", "10 " + host, "Mail for the domain comes here (RFC 5321 5.1).");
  add(domain, "TXT", "v=spf1 mx -all", "Only this server sends its mail (RFC 7208).");
  add("_dmarc." + domain, "TXT", "v=DMARC1; p=reject",
      "What receivers do with other mail (RFC 7489). Begin with p=none.");
  if (call.core.domainRecords) {
    for (const auto& r : call.core.domainRecords->of(domain.substr(0, domain.size() - 1)))
      add(r.name, r.type.c_str(), r.value, r.why.c_str());
  }
  // RFC 8314 5.1: what a client that is told nothing but the address finds.
  for (const auto& [protocol, service] :
       {std::pair{"submission", "_submissions._tcp."}, std::pair{"imap", "_imaps._tcp."}}) {
    const int port = implicitPort(*config, protocol);
    if (port > 0)
      add(service + domain, "SRV", "0 1 " + std::to_string(port) + " " + host, "Where clients go (RFC 6186).");
  }
  add(host, "A and AAAA", "the addresses of this server", "Its own name; their PTR must say the same name.");
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kDomainDns;
const Operation kDomainDns = {
    .name = "domain.dns",
    .method = Method::Get,
    .path = "/domains/{domain}/dns",
    .help = "Lists the DNS records that should be published for a domain.",
    .params = {{"domain", Param::Type::String, Param::kRequired, "Its name.", Subject::Domain}},
    .role = Role::DomainAdmin,
    .result = {Shape::Kind::Many,
               {{"name", Param::Type::String, "Its owner."},
                {"type", Param::Type::String, "Of the record."},
                {"value", Param::Type::String, "Its data."},
                {"why", Param::Type::String, "What it is for."}}},
    .run = run};

}  // namespace posthouse::admin
