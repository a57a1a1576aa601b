#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "store/search/find.hpp"
#include "store/store.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

constexpr int64_t kDefault = 100;

Answer run(Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  const auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  const auto max = call.integer("max", kDefault);
  if (max < 1) return ph::Error{ph::Kind::Invalid, "max must be at least 1"};
  const auto found = store::search::find(**account, call.list("words"), static_cast<size_t>(max));
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& m : *found) {
    items.add(Value::object({{"mailbox", m.mailbox},
                             {"uid", static_cast<uint64_t>(m.uid)},
                             {"id", static_cast<uint64_t>(m.id)},
                             {"date", m.date},
                             {"from", m.from},
                             {"subject", m.subject}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kSearch;
const Operation kSearch = {
    .name = "search",
    .method = Method::Get,
    .path = "/accounts/{account}/search",
    .help = "Finds an account's messages that hold all of some words, anywhere and in any case.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"words", Param::Type::List, Param::kRequired | Param::kWord, "What to look for, each as it is."},
               {"max", Param::Type::Int, Param::kOptional, "At most so many, 100 if nothing is said."}},
    .result = {Shape::Kind::Many,
               {{"mailbox", Param::Type::String, "Where it is."},
                {"uid", Param::Type::Int, "Its number there."},
                {"id", Param::Type::Int, "Names its file."},
                {"date", Param::Type::Time, "When it came."},
                {"from", Param::Type::String, "Who wrote it."},
                {"subject", Param::Type::String, "What it is about."}}},
    .run = run};

}  // namespace posthouse::admin
