#include <ctime>

#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "config/node.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  if (call.has("at") + call.has("in") + call.has("by") != 1)
    return ph::Error{ph::Kind::Invalid, "say one of 'at', 'in' and 'by'"};
  if (call.has("at")) return counted(queue.rescheduleAt(*filter, call.integer("at")));
  std::string text = call.text(call.has("in") ? "in" : "by");
  const bool earlier = text.starts_with('-');
  int64_t ms = 0;
  if (!config::parseDuration(std::string_view(text).substr(earlier ? 1 : 0), &ms))
    return ph::Error{ph::Kind::Invalid, "a duration is written as \"30m\" or \"2h\""};
  const int64_t seconds = earlier ? -ms / 1000 : ms / 1000;
  if (call.has("by")) return counted(queue.rescheduleBy(*filter, seconds));
  return counted(queue.rescheduleAt(*filter, static_cast<int64_t>(std::time(nullptr)) + seconds));
}

}  // namespace

extern const Operation kQueueReschedule;
const Operation kQueueReschedule = {
    .name = "queue.reschedule",
    .method = Method::Post,
    .path = "/queue/reschedule",
    .help = "Moves the next attempt: to a time, or by a duration from now or from when it was due.",
    .params = changeParams(
        {{"at", Param::Type::Time, Param::kOptional, "When."},
         {"in", Param::Type::String, Param::kOptional, "So long from now, as \"2h\"."},
         {"by", Param::Type::String, Param::kOptional, "So much later than it would be, or earlier: \"-10m\"."}}),
    .changes = true,
    .result = countShape(),
    .run = run};

}  // namespace posthouse::admin
