#include <algorithm>

#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  auto filter = filterOf(call);
  if (!filter) return filter.error();
  constexpr int64_t kDefault = 1000;
  filter->max = static_cast<size_t>(std::max<int64_t>(0, call.integer("max", kDefault)));
  filter->after = call.integer("after");
  filter->descending = call.flag("descending");
  if (call.text("sort") == "due") filter->sort = queue::Filter::Sort::Due;
  if (call.text("sort") == "queued") filter->sort = queue::Filter::Sort::Queued;
  const auto found = queue::Operations(*call.core.queue).list(*filter);
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& i : *found) items.add(only(rcptValue(i), rcptFields()));
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kQueueList;
const Operation kQueueList = {
    .name = "queue.list",
    .method = Method::Get,
    .path = "/queue",
    .help = "Lists the recipients whose mail waits.",
    .params = filterParams(
        {{"sort", Param::Type::String, Param::kOptional, "By what.", Subject::None, {"id", "due", "queued"}},
         {"descending", Param::Type::Bool, Param::kOptional, "The last one first."},
         {"after", Param::Type::Int, Param::kOptional, "Only ids behind this one: the next page."},
         {"max", Param::Type::Int, Param::kOptional, "At most so many, 1000 if nothing is said; 0: all."}}),
    .result = {Shape::Kind::Many, rcptFields()},
    .run = run};

}  // namespace posthouse::admin
