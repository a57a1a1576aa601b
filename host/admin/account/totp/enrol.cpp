#include "accounts/second_factor.hpp"
#include "accounts/totp.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const std::string& account = call.text("account");
  const auto secret = call.core.secondFactor->enrol(account);
  if (!secret) return secret.error();
  return Value::object({{"secret", accounts::base32(*secret)},
                        {"uri", accounts::totpUri(*secret, account, call.core.config()->hostname)}});
}

}  // namespace

extern const Operation kTotpEnrol;
const Operation kTotpEnrol = {
    .name = "account.totp.enrol",
    .method = Method::Post,
    .path = "/accounts/{account}/totp",
    .help = "Makes a secret for one-time codes of logins in browsers; a code of it confirms that it arrived.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account}},
    .role = Role::Account,
    .changes = true,
    .result = {Shape::Kind::One,
               {{"secret", Param::Type::String, "To be typed into an app for such codes."},
                {"uri", Param::Type::String, "The same for a QR code."}}},
    .run = run};

}  // namespace posthouse::admin
