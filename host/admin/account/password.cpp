#include "admin/account/credentials.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/session/end_others.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto config = call.core.config();
  const auto s = changeCredentials(call.core, call.text("account"), [&](accounts::Credentials& credentials) {
    return accounts::setPassword(credentials, call.text("password"), config->accounts.at(call.text("account")).cramMd5);
  });
  if (!s) return s.error();
  endOtherSessions(call, call.text("account"));
  return Value::object();
}

}  // namespace

extern const Operation kAccountPassword;
const Operation kAccountPassword = {
    .name = "account.password",
    .method = Method::Put,
    .path = "/accounts/{account}/password",
    .help = "Sets the password of an account.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"password", Param::Type::String, Param::kRequired | Param::kSecret, "At least 8 bytes."}},
    .role = Role::Account,
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
