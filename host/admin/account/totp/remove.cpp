#include <ctime>

#include "accounts/second_factor.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const std::string& account = call.text("account");
  // Who found a browser that is logged in must not get any further with it.
  if (call.who.role == Role::Account) {
    if (!call.has("code")) return ph::Error{ph::Kind::Denied, "a code is needed for this"};
    if (auto s = call.core.secondFactor->check(account, call.text("code"), std::time(nullptr)); !s) return s.error();
  }
  if (auto s = call.core.secondFactor->remove(account); !s) return s.error();
  return Value::object();
}

}  // namespace

extern const Operation kTotpRemove;
const Operation kTotpRemove = {
    .name = "account.totp.remove",
    .method = Method::Post,
    .path = "/accounts/{account}/totp/remove",
    .help = "Asks for no more one-time codes.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"code", Param::Type::String, Param::kSecret, "A code; admins need none."}},
    .role = Role::Account,
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
