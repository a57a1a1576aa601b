#include "accounts/credentials.hpp"
#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/store_file.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto file = accountFile(call.core, call.text("account"));
  if (!file) return file.error();
  const std::string credentials = accounts::credentialsFile(call.core.config()->dataDir, call.text("account"));
  auto answer = change(call, [&](const Changes&) -> ph::Result<Changes::Texts> {
    return Changes::Texts{{*file, std::nullopt}};
  });
  if (!answer || call.flag("preview")) return answer;
  if (auto s = removeFile(credentials); !s && s.error().kind != ph::Kind::NotFound) return s.error();
  return answer;
}

}  // namespace

extern const Operation kAccountRemove;
const Operation kAccountRemove = {
    .name = "account.remove",
    .method = Method::Delete,
    .path = "/accounts/{account}",
    .help = "Removes an account and its passwords; its mail stays on the disk.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account}, previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
