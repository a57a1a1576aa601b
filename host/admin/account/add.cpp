#include "accounts/credentials.hpp"
#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/edit/edit.hpp"
#include "config/server.hpp"
#include "setup/account_files.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const std::string& name = call.text("account");
  const auto config = call.core.config();
  if (!config::validAccountName(name))
    return ph::Error{ph::Kind::Invalid,
                     "'" + name + "' can't be an account name: use a-z, 0-9, '.', '-' and '_', at most 64"};
  if (config->accounts.contains(name)) return ph::Error{ph::Kind::Conflict, "the account " + name + " exists already"};
  std::string text = "addresses = " + *config::edit::toToml(std::vector<std::string>{call.text("address")}) + "\n";
  if (call.has("full_name")) text += "full_name = " + *config::edit::toToml(call.text("full_name")) + "\n";
  const auto edit = [&](const Changes&) -> ph::Result<Changes::Texts> {
    return Changes::Texts{{"accounts/" + name + ".toml", text}};
  };
  // It can log in from the first moment; so the password comes first, once it is clear that nothing else is wrong.
  auto answer = call.core.changes->apply(edit, true);
  if (!answer || call.flag("preview")) return answer;
  const bool own = !call.text("password").empty();
  const std::string password = own ? call.text("password") : setup::randomPassword();
  accounts::Credentials fresh;
  if (auto s = accounts::setPassword(fresh, password, false); !s) return s.error();
  const std::string file = accounts::credentialsFile(config->dataDir, name);
  if (auto s = accounts::writeCredentials(file, fresh); !s) return s.error();
  answer = call.core.changes->apply(edit, false);
  if (answer && !own) answer->set("password", password);
  return answer;
}

}  // namespace

extern const Operation kAccountAdd;
const Operation kAccountAdd = {
    .name = "account.add",
    .method = Method::Post,
    .path = "/accounts",
    .help = "Makes an account; a password that is not given is made and told once.",
    .params = {{"account", Param::Type::String, Param::kRequired | Param::kWord, "Its name: a-z, 0-9, dots, - and _."},
               {"address", Param::Type::String, Param::kRequired | Param::kWord, "Its first address.",
                Subject::Address},
               {"full_name", Param::Type::String, Param::kOptional, "For people."},
               {"password", Param::Type::String, Param::kSecret, "At least 8 bytes."},
               previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult({{"password", Param::Type::String, "The one that was made."}}),
    .run = run};

}  // namespace posthouse::admin
