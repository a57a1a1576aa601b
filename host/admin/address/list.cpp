#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"
#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto config = call.core.config();
  const auto wanted =
      call.has("domain") ? ph::address::normaliseDomain(call.text("domain")).valueOr("") : std::string();
  Value items = Value::list();
  const auto add = [&](const std::string& domain, const std::string& address, const char* kind,
                       std::vector<std::string> to) {
    if (!call.who.mayDomain(domain) || (!wanted.empty() && domain != wanted)) return;
    items.add(Value::object({{"address", address}, {"kind", kind}, {"goes_to", to}}));
  };
  for (const auto& [name, a] : config->accounts) {
    for (const auto& address : a.addresses) {
      const auto parsed = ph::address::parseAddrSpec(address);
      if (parsed) add(parsed->domain, address, "account", {name});
    }
  }
  for (const auto& [domain, d] : config->domains) {
    for (const auto& a : d.aliases) add(domain, ph::address::formatAddrSpec(a.localpart, domain), "alias", a.members);
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kAddressList;
const Operation kAddressList = {
    .name = "address.list",
    .method = Method::Get,
    .path = "/addresses",
    .help = "Lists addresses: of accounts and aliases.",
    .params = {{"domain", Param::Type::String, Param::kOptional, "Only of this domain.", Subject::Domain}},
    .role = Role::DomainAdmin,
    .result = {Shape::Kind::Many,
               {{"address", Param::Type::String, "As configured."},
                {"kind", Param::Type::String, "account or alias."},
                {"goes_to", Param::Type::List, "Account or members."}}},
    .run = run};

}  // namespace posthouse::admin
