#include "accounts/credentials.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto config = call.core.config();
  const std::string& name = call.text("account");
  if (!config->accounts.contains(name)) return ph::Error{ph::Kind::NotFound, "there is no account " + name};
  const auto credentials = accounts::readCredentials(accounts::credentialsFile(config->dataDir, name));
  if (!credentials) return credentials.error();
  Value items = Value::list();
  for (const auto& p : credentials->appPasswords) {
    items.add(
        Value::object({{"name", p.name}, {"protocols", p.protocols}, {"created", p.created}, {"expires", p.expires}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kAppPasswordList;
const Operation kAppPasswordList = {
    .name = "app-password.list",
    .method = Method::Get,
    .path = "/accounts/{account}/app-passwords",
    .help = "Lists the app passwords of an account, without themselves.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account}},
    .role = Role::Account,
    .result = {Shape::Kind::Many,
               {{"name", Param::Type::String, "Its name."},
                {"protocols", Param::Type::List, "Only for these; none: all."},
                {"created", Param::Type::Time, "When."},
                {"expires", Param::Type::Time, "When it ends."}}},
    .run = run};

}  // namespace posthouse::admin
