#include "trace/trace.hpp"

#include <algorithm>

#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (!call.core.trace) return ph::Error{ph::Kind::Unavailable, "histories are not kept: 'log.history' is 0"};
  const auto stories = call.core.trace->find(call.text("what"),
                                             static_cast<size_t>(std::clamp<int64_t>(call.integer("max", 10), 1, 100)));
  if (!stories) return stories.error();
  Value items = Value::list();
  for (const auto& story : *stories) {
    for (const auto& s : story.steps) {
      items.add(Value::object({{"message", story.txn},
                               {"time", s.ms / 1000},
                               {"ms", s.ms % 1000},
                               {"who", s.module},
                               {"step", s.text},
                               {"details", s.fields}}));
    }
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kTrace;
const Operation kTrace = {
    .name = "trace",
    .method = Method::Get,
    .path = "/trace",
    .help =
        "Tells what became of messages and why: reception, what each plugin said, the queue, each attempt, the end.",
    .params = {{"what", Param::Type::String, Param::kRequired | Param::kWord,
                "A Message-ID, an address of the sender or a recipient, or a txn or cid of the log."},
               {"max", Param::Type::Int, Param::kOptional, "The newest so many messages, 10 when it is not said."}},
    .result = {Shape::Kind::Many,
               {{"message", Param::Type::String, "The txn of the log."},
                {"time", Param::Type::Time, "When."},
                {"ms", Param::Type::Int, "Milliseconds of that second."},
                {"who", Param::Type::String, "The module or plugin that says it."},
                {"step", Param::Type::String, "What happened."},
                {"details", Param::Type::Any, "The rest of the log's line."}}},
    .run = run};

}  // namespace posthouse::admin
