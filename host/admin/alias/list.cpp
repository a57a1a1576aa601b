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
  for (const auto& [domain, d] : config->domains) {
    if (!call.who.mayDomain(domain) || (!wanted.empty() && domain != wanted)) continue;
    for (const auto& a : d.aliases) {
      items.add(Value::object({{"address", ph::address::formatAddrSpec(a.localpart, domain)},
                               {"members", a.members},
                               {"anyone_may_post", a.anyoneMayPost},
                               {"list_members", a.listMembers},
                               {"members_may_send_as", a.membersMaySendAs}}));
    }
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kAliasList;
const Operation kAliasList = {
    .name = "alias.list",
    .method = Method::Get,
    .path = "/aliases",
    .help = "Lists the aliases.",
    .params = {{"domain", Param::Type::String, Param::kWord, "Only of this domain.", Subject::Domain}},
    .role = Role::DomainAdmin,
    .result = {Shape::Kind::Many,
               {{"address", Param::Type::String, "Of the alias."},
                {"members", Param::Type::List, "Who gets its mail."},
                {"anyone_may_post", Param::Type::Bool, "Mail is taken from everybody."},
                {"list_members", Param::Type::Bool, "Members may see who the others are."},
                {"members_may_send_as", Param::Type::Bool, "Members may send from this address."}}},
    .run = run};

}  // namespace posthouse::admin
