#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "store/store.hpp"
#include "store/threads.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  const auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  const auto changed = store::rethread(**account);
  if (!changed) return changed.error();
  return Value::object({{"changed", static_cast<uint64_t>(*changed)}});
}

}  // namespace

extern const Operation kStoreRethreadLive;
const Operation kStoreRethreadLive = {
    .name = "store.rethread",
    .method = Method::Post,
    .path = "/accounts/{account}/store/rethread",
    .help = "Sorts an account's messages into conversations anew.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account}},
    .changes = true,
    .result = {Shape::Kind::One, {{"changed", Param::Type::Int, "Messages with another thread or parent now."}}},
    .run = run};

}  // namespace posthouse::admin
