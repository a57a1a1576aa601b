#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  const auto config = call.core.config();
  const auto& a = config->accounts.at(call.text("account"));
  return Value::object({{"account", a.name},
                        {"full_name", a.fullName},
                        {"addresses", a.addresses},
                        {"login_disabled", a.loginDisabled},
                        {"quota", a.quota},
                        {"rules", static_cast<uint64_t>(a.rules.size())}});
}

}  // namespace

extern const Operation kAccountShow;
const Operation kAccountShow = {
    .name = "account.show",
    .method = Method::Get,
    .path = "/accounts/{account}",
    .help = "Shows one account.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account}},
    .role = Role::Account,
    .result = {Shape::Kind::One,
               {{"account", Param::Type::String, "Its name."},
                {"full_name", Param::Type::String, "For people."},
                {"addresses", Param::Type::List, "Whose mail it gets."},
                {"login_disabled", Param::Type::String, "What logins are told; or empty."},
                {"quota", Param::Type::Int, "Bytes; 0: none."},
                {"rules", Param::Type::Int, "How many."}}},
    .run = run};

}  // namespace posthouse::admin
