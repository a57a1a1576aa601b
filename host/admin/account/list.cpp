#include "accounts/accounts.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/registry.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  Value items = Value::list();
  for (const auto& [name, account] : call.core.accounts->directory()->accounts()) {
    if (!mayAccount(call.core, call.who, name)) continue;
    items.add(Value::object({{"account", name},
                             {"addresses", account.addresses},
                             {"full_name", account.fullName},
                             {"login_disabled", account.loginDisabled}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kAccountList;
const Operation kAccountList = {
    .name = "account.list",
    .method = Method::Get,
    .path = "/accounts",
    .help = "Lists the accounts.",
    .role = Role::DomainAdmin,
    .result = {Shape::Kind::Many,
               {{"account", Param::Type::String, "Its name."},
                {"addresses", Param::Type::List, "Whose mail it gets."},
                {"full_name", Param::Type::String, "For people."},
                {"login_disabled", Param::Type::String, "What logins are told; or empty."}}},
    .run = run};

}  // namespace posthouse::admin
