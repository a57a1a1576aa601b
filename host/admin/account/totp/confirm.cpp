#include <ctime>

#include "accounts/second_factor.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/session/end_others.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto codes = call.core.secondFactor->confirm(call.text("account"), call.text("code"), std::time(nullptr));
  if (!codes) return codes.error();
  endOtherSessions(call, call.text("account"));
  return Value::object({{"recovery_codes", *codes}});
}

}  // namespace

extern const Operation kTotpConfirm;
const Operation kTotpConfirm = {
    .name = "account.totp.confirm",
    .method = Method::Post,
    .path = "/accounts/{account}/totp/confirm",
    .help = "Asks for one-time codes from now on, in every login with a browser.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"code", Param::Type::String, Param::kRequired | Param::kSecret, "What the app shows now."}},
    .role = Role::Account,
    .changes = true,
    .result = {Shape::Kind::One,
               {{"recovery_codes", Param::Type::List, "Each works once, when the device is lost. Told once."}}},
    .run = run};

}  // namespace posthouse::admin
