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
  const auto config = call.core.config();
  auto addresses = config->accounts.at(call.text("account")).addresses;
  addresses.push_back(call.text("address"));
  return changeValue(call, *file, "addresses", addresses);
}

}  // namespace

extern const Operation kAddressAdd;
const Operation kAddressAdd = {
    .name = "address.add",
    .method = Method::Post,
    .path = "/accounts/{account}/addresses",
    .help = "Gives an account another address.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"address", Param::Type::String, Param::kRequired | Param::kWord, "The address.", Subject::Address},
               previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
