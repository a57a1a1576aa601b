#include <algorithm>

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
  const auto i = std::find(addresses.begin(), addresses.end(), call.text("address"));
  if (i == addresses.end()) return ph::Error{ph::Kind::NotFound, "the account has no address " + call.text("address")};
  addresses.erase(i);
  return changeValue(call, *file, "addresses", addresses);
}

}  // namespace

extern const Operation kAddressRemove;
const Operation kAddressRemove = {
    .name = "address.remove",
    .method = Method::Delete,
    .path = "/accounts/{account}/addresses",
    .help = "Takes an address away from an account.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"address", Param::Type::String, Param::kRequired | Param::kWord, "As configured.", Subject::Address},
               previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
