#include "accounts/second_factor.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto state = call.core.secondFactor->state(call.text("account"));
  if (!state) return state.error();
  return Value::object({{"enrolled", state->enrolled},
                        {"confirmed", state->confirmed},
                        {"recovery_codes", static_cast<uint64_t>(state->recoveryCodes)}});
}

}  // namespace

extern const Operation kTotpShow;
const Operation kTotpShow = {
    .name = "account.totp.show",
    .method = Method::Get,
    .path = "/accounts/{account}/totp",
    .help = "Says whether logins with a browser need one-time codes.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account}},
    .role = Role::Account,
    .result = {Shape::Kind::One,
               {{"enrolled", Param::Type::Bool, "There is a secret."},
                {"confirmed", Param::Type::Bool, "Codes are asked for."},
                {"recovery_codes", Param::Type::Int, "How many are left."}}},
    .run = run};

}  // namespace posthouse::admin
