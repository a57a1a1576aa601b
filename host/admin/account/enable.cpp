#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto file = accountFile(call.core, call.text("account"));
  if (!file) return file.error();
  if (call.core.config()->accounts.at(call.text("account")).loginDisabled.empty())
    return ph::Error{ph::Kind::Conflict, "the account is not disabled"};
  return changeValue(call, *file, "login_disabled", {});
}

}  // namespace

extern const Operation kAccountEnable;
const Operation kAccountEnable = {
    .name = "account.enable",
    .method = Method::Post,
    .path = "/accounts/{account}/enable",
    .help = "Allows logins to an account again.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account}, previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
