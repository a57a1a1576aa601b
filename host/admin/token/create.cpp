#include <algorithm>
#include <ctime>

#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/tokens.hpp"
#include "config/server.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto now = static_cast<int64_t>(std::time(nullptr));
  const int64_t days = call.integer("days", 90);
  if (days < 0 || days > 36500) return ph::Error{ph::Kind::Invalid, "'days' must be 0 to 36500"};
  Tokens::Token token;
  token.name = call.text("name");
  if (!config::validAccountName(token.name))
    return ph::Error{ph::Kind::Invalid, "'name' may hold a-z, 0-9, '.', '-' and '_', at most 64"};
  token.rights.role = roleFrom(call.text("role")).value_or(Role::Admin);
  token.rights.operations = call.list("operations");
  token.expires = days == 0 ? 0 : now + days * 86400;
  const auto config = call.core.config();
  if ((token.rights.role == Role::Account) != call.has("account") ||
      (token.rights.role == Role::DomainAdmin) != call.has("domains"))
    return ph::Error{ph::Kind::Invalid,
                     "the role account needs 'account', domain-admin needs 'domains', and no other may have them"};
  if (call.has("account")) {
    token.rights.account = call.text("account");
    if (!config->accounts.contains(token.rights.account))
      return ph::Error{ph::Kind::NotFound, "there is no account " + token.rights.account};
  }
  for (const auto& domain : call.list("domains")) {
    const auto name = ph::address::normaliseDomain(domain);
    if (!name || !config->domains.contains(*name)) return ph::Error{ph::Kind::NotFound, "there is no domain " + domain};
    token.rights.domains.push_back(*name);
  }
  for (const auto& pattern : token.rights.operations) {
    Principal only;
    only.operations = {pattern};
    const auto& all = operations();
    if (std::none_of(all.begin(), all.end(), [&](const auto* o) { return only.mayCall(o->name); }))
      return ph::Error{ph::Kind::Invalid, "no operation is called " + pattern};
  }
  const auto text = call.core.tokens->create(token, now);
  if (!text) return text.error();
  return Value::object({{"name", token.name}, {"token", *text}, {"expires", token.expires}});
}

}  // namespace

extern const Operation kTokenCreate;
const Operation kTokenCreate = {
    .name = "token.create",
    .method = Method::Post,
    .path = "/tokens",
    .help = "Makes a bearer token for the listeners of administration; it is told once.",
    .params = {{"name", Param::Type::String, Param::kRequired | Param::kWord, "For people."},
               {"role",
                Param::Type::String,
                Param::kOptional,
                "What it may; admin when it is not said.",
                Subject::None,
                {"account", "domain-admin", "admin"}},
               {"account", Param::Type::String, Param::kOptional, "The account, for the role account.",
                Subject::Account},
               {"domains", Param::Type::List, Param::kOptional, "The domains, for the role domain-admin.",
                Subject::Domain},
               {"operations", Param::Type::List, Param::kOptional, "Only these, as queue.list or queue.*."},
               {"days", Param::Type::Int, Param::kOptional, "When it expires; 0: never, 90 when it is not said."}},
    .changes = true,
    .result = {Shape::Kind::One,
               {{"name", Param::Type::String, "Its name."},
                {"token", Param::Type::String, "For Authorization: Bearer."},
                {"expires", Param::Type::Time, "When it ends."}}},
    .run = run};

}  // namespace posthouse::admin
