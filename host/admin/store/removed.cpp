#include <algorithm>

#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/store/removed_filter.hpp"
#include "store/store.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  auto filter = removedFilter(call);
  if (!filter) return filter.error();
  filter->after = call.integer("after");
  filter->max = static_cast<size_t>(std::clamp<int64_t>(call.integer("max", 1000), 0, 10000));
  const auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  const auto found = store::listRemoved(**account, *filter);
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& r : *found) {
    items.add(Value::object({{"number", r.number},
                             {"removed", r.at},
                             {"mailbox", r.mailbox},
                             {"uid", static_cast<uint64_t>(r.uid)},
                             {"size", r.size},
                             {"message_id", r.messageId}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kStoreRemoved;
const Operation kStoreRemoved = {
    .name = "store.removed",
    .method = Method::Get,
    .path = "/accounts/{account}/store/removed",
    .help = "Lists expunged messages that can be restored.",
    .params =
        removedParams({{"after", Param::Type::Int, Param::kOptional, "Only numbers above this one: the next page."},
                       {"max", Param::Type::Int, Param::kOptional, "At most so many, 1000 if nothing is said."}}),
    .role = Role::Account,
    .result = {Shape::Kind::Many,
               {{"number", Param::Type::Int, "Ascends with the removals."},
                {"removed", Param::Type::Time, "When."},
                {"mailbox", Param::Type::String, "From where."},
                {"uid", Param::Type::Int, "What it was called there."},
                {"size", Param::Type::Int, "In bytes."},
                {"message_id", Param::Type::String, "Its Message-ID."}}},
    .run = run};

}  // namespace posthouse::admin
