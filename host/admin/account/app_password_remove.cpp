#include "admin/account/credentials.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto s = changeCredentials(call.core, call.text("account"), [&](accounts::Credentials& c) -> ph::Status {
    if (std::erase_if(c.appPasswords, [&](const auto& p) { return p.name == call.text("name"); }) > 0) return {};
    return ph::Error{ph::Kind::NotFound, "there is no app password " + call.text("name")};
  });
  if (!s) return s.error();
  return Value::object();
}

}  // namespace

extern const Operation kAppPasswordRemove;
const Operation kAppPasswordRemove = {
    .name = "app-password.remove",
    .method = Method::Delete,
    .path = "/accounts/{account}/app-passwords/{name}",
    .help = "Revokes an app password.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"name", Param::Type::String, Param::kRequired, "Its name."}},
    .role = Role::Account,
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
