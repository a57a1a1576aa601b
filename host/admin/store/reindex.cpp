#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "store/search/account_search.hpp"
#include "store/store.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer answer(Call& call, bool anew) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  const auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  auto& search = (*account)->search();
  if (anew) {
    if (auto gone = search.reset(); !gone) return gone.error();
  }
  const auto progress = search.progress();
  if (!progress) return progress.error();
  return Value::object({{"indexed", progress->indexed}, {"waiting", progress->waiting}});
}

const Param kAccount = {"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account};
const Shape kProgress = {Shape::Kind::One,
                         {{"indexed", Param::Type::Int, "Messages that the index knows."},
                          {"waiting", Param::Type::Int, "Messages it does not know yet."}}};

}  // namespace

extern const Operation kStoreReindex;
const Operation kStoreReindex = {
    .name = "store.reindex",
    .method = Method::Post,
    .path = "/accounts/{account}/store/reindex",
    .help = "Makes an account's full-text index anew, in the background; searches look at every message meanwhile.",
    .params = {kAccount},
    .changes = true,
    .result = kProgress,
    .run = [](Call& call) { return answer(call, true); }};

extern const Operation kStoreIndex;
const Operation kStoreIndex = {.name = "store.index",
                               .method = Method::Get,
                               .path = "/accounts/{account}/store/index",
                               .help = "Tells how far an account's full-text index is.",
                               .params = {kAccount},
                               .result = kProgress,
                               .run = [](Call& call) { return answer(call, false); }};

}  // namespace posthouse::admin
