#include <algorithm>

#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  queue::RetiredFilter f;
  auto ids = idsOf(call);
  if (!ids) return ids.error();
  f.ids = std::move(*ids);
  f.message = call.text("message");
  f.account = call.text("account");
  f.from = call.text("from");
  f.to = call.text("to");
  const auto before = agoOf(call, "older");
  if (!before) return before.error();
  const auto after = agoOf(call, "younger");
  if (!after) return after.error();
  f.endedBefore = *before;
  f.endedAfter = *after;
  if (call.has("result")) f.delivered = call.text("result") == "delivered";
  if (call.text("sort") == "queued") f.sort = queue::RetiredFilter::Sort::Queued;
  if (call.text("sort") == "ended") f.sort = queue::RetiredFilter::Sort::Ended;
  f.descending = call.flag("descending");
  f.after = call.integer("after");
  constexpr int64_t kDefault = 1000;
  f.max = static_cast<size_t>(std::max<int64_t>(0, call.integer("max", kDefault)));
  const auto found = queue::Operations(*call.core.queue).retired(f);
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& i : *found) items.add(only(retiredValue(i), retiredFields()));
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kQueueRetiredList;
const Operation kQueueRetiredList = {
    .name = "queue.retired.list",
    .method = Method::Get,
    .path = "/queue/retired",
    .help = "Lists recipients whose mail is over: delivered or given up.",
    .params =
        {{"ids", Param::Type::List, Param::kWord, "Ids of entries."},
         {"message", Param::Type::String, Param::kOptional, "The id of a message."},
         {"account", Param::Type::String, Param::kOptional, "Who submitted it.", Subject::Account},
         {"from", Param::Type::String, Param::kOptional, "Part of the sender's address."},
         {"to", Param::Type::String, Param::kOptional, "Part of the recipient's address."},
         {"result", Param::Type::String, Param::kOptional, "How it ended.", Subject::None, {"delivered", "failed"}},
         {"older", Param::Type::String, Param::kOptional, "Over for longer than this, as \"2h\"."},
         {"younger", Param::Type::String, Param::kOptional, "Over since then."},
         {"sort", Param::Type::String, Param::kOptional, "By what.", Subject::None, {"id", "queued", "ended"}},
         {"descending", Param::Type::Bool, Param::kOptional, "The last one first."},
         {"after", Param::Type::Int, Param::kOptional, "Only ids behind this one: the next page."},
         {"max", Param::Type::Int, Param::kOptional, "At most so many, 1000 if nothing is said; 0: all."}},
    .result = {Shape::Kind::Many, retiredFields()},
    .run = run};

}  // namespace posthouse::admin
