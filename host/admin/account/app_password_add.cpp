#include <algorithm>
#include <ctime>

#include "admin/account/credentials.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"
#include "setup/account_files.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

constexpr size_t kMost = 50;

Answer run(Call& call) {
  const int64_t days = call.integer("days");
  if (days < 0 || days > 36500) return ph::Error{ph::Kind::Invalid, "'days' must be 0 to 36500"};
  if (!config::validAccountName(call.text("name")))
    return ph::Error{ph::Kind::Invalid, "'name' may hold a-z, 0-9, '.', '-' and '_', at most 64"};
  const std::string password = setup::randomPassword() + setup::randomPassword();
  const auto now = static_cast<int64_t>(std::time(nullptr));
  const int64_t expires = days == 0 ? 0 : now + days * 86400;
  const auto s = changeCredentials(call.core, call.text("account"), [&](accounts::Credentials& c) -> ph::Status {
    auto& all = c.appPasswords;
    if (std::any_of(all.begin(), all.end(), [&](const auto& p) { return p.name == call.text("name"); }))
      return ph::Error{ph::Kind::Conflict, "there is an app password " + call.text("name") + " already"};
    if (all.size() >= kMost) return ph::Error{ph::Kind::Limit, "there are too many app passwords"};
    all.push_back({call.text("name"), accounts::appPasswordHash(password), call.list("protocols"), now, expires});
    return {};
  });
  if (!s) return s.error();
  return Value::object({{"name", call.text("name")}, {"password", password}, {"expires", expires}});
}

}  // namespace

extern const Operation kAppPasswordAdd;
const Operation kAppPasswordAdd = {
    .name = "app-password.add",
    .method = Method::Post,
    .path = "/accounts/{account}/app-passwords",
    .help = "Makes a second password of an account for one program; it is told once, and works with PLAIN and LOGIN.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"name", Param::Type::String, Param::kRequired | Param::kWord,
                "Of the program or device: a-z, 0-9, dots, - and _."},
               {"protocols",
                Param::Type::List,
                Param::kOptional,
                "Only for these; all when none is said.",
                Subject::None,
                {"imap", "submission", "http"}},
               {"days", Param::Type::Int, Param::kOptional, "When it expires; 0 or not said: never."}},
    .role = Role::Account,
    .changes = true,
    .result = {Shape::Kind::One,
               {{"name", Param::Type::String, "Its name."},
                {"password", Param::Type::String, "The password."},
                {"expires", Param::Type::Time, "When it ends."}}},
    .run = run};

}  // namespace posthouse::admin
