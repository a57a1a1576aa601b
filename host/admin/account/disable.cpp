#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto file = accountFile(call.core, call.text("account"));
  if (!file) return file.error();
  const std::string& text = call.text("text");
  return changeValue(call, *file, "login_disabled", text.empty() ? std::string("this account is disabled") : text);
}

}  // namespace

extern const Operation kAccountDisable;
const Operation kAccountDisable = {
    .name = "account.disable",
    .method = Method::Post,
    .path = "/accounts/{account}/disable",
    .help = "Refuses logins to an account; its mail still arrives.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"text", Param::Type::String, Param::kWord, "What clients are told."},
               previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
