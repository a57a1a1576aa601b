#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  Value items = Value::list();
  const auto config = call.core.config();
  for (const auto& [name, d] : config->domains) {
    if (!call.who.mayDomain(name)) continue;
    items.add(Value::object({{"domain", name},
                             {"disabled", d.disabled},
                             {"aliases", static_cast<uint64_t>(d.aliases.size())},
                             {"catchall", d.catchall}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kDomainList;
const Operation kDomainList = {.name = "domain.list",
                               .method = Method::Get,
                               .path = "/domains",
                               .help = "Lists the domains.",
                               .role = Role::DomainAdmin,
                               .result = {Shape::Kind::Many,
                                          {{"domain", Param::Type::String, "Its name."},
                                           {"disabled", Param::Type::Bool, "Its mail is refused for now."},
                                           {"aliases", Param::Type::Int, "How many."},
                                           {"catchall", Param::Type::String, "Who gets what nobody has."}}},
                               .run = run};

}  // namespace posthouse::admin
