#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/store/removed_filter.hpp"
#include "store/removed_text.hpp"
#include "store/store.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  const auto filter = removedFilter(call);
  if (!filter) return filter.error();
  const bool list = call.flag("list");
  if (!list && !call.flag("all") && filter->mailbox.empty() && filter->since == 0 && filter->messageId.empty())
    return ph::Error{ph::Kind::Invalid, "say which: mailbox, since, message_id or all; list shows them"};
  const auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  Value lines = Value::list();
  store::Undeleted done;
  if (list) {
    const auto found = store::listRemoved(**account, *filter);
    if (!found) return found.error();
    for (const auto& r : *found) lines.add(store::describeRemoved(r));
  } else if (auto status = store::undelete(**account, *filter, done); !status) {
    return ph::Error{status.error().kind,
                     status.error().text + "; " + std::to_string(done.messages) + " messages were restored before"};
  }
  Value problems = Value::list();
  for (const auto& line : done.said) problems.add(line);
  return Value::object({{"restored", done.messages},
                        {"bytes", done.bytes},
                        {"problems", std::move(problems)},
                        {"messages", std::move(lines)}});
}

}  // namespace

extern const Operation kStoreUndeleteLive;
const Operation kStoreUndeleteLive = {
    .name = "store.undelete",
    .method = Method::Post,
    .path = "/accounts/{account}/store/undelete",
    .help = "Puts expunged messages back into their mailboxes, as long as they are kept (keep_removed).",
    .params =
        removedParams({{"list", Param::Type::Bool, Param::kOptional, "Only show what can be restored, at most 1000."},
                       {"all", Param::Type::Bool, Param::kOptional, "Everything that can be restored."}}),
    .role = Role::Account,
    .changes = true,
    .result = {Shape::Kind::One,
               {{"restored", Param::Type::Int, "How many messages."},
                {"bytes", Param::Type::Int, "How large they are together."},
                {"problems", Param::Type::List, "What could not be restored."},
                {"messages", Param::Type::List, "With list: what can be."}}},
    .run = run};

}  // namespace posthouse::admin
