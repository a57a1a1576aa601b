#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto s = queue::Operations(*call.core.queue).unsuppress(call.text("account"), call.text("address"));
  if (!s) return s.error();
  return json::Value::object();
}

}  // namespace

extern const Operation kQueueSuppressRemove;
const Operation kQueueSuppressRemove = {
    .name = "queue.suppress.remove",
    .method = Method::Delete,
    .path = "/queue/suppressions",
    .help = "Lets an account send to an address again.",
    .params =
        {
            {"account", Param::Type::String, Param::kRequired | Param::kWord, "Whose list.", Subject::Account},
            {"address", Param::Type::String, Param::kRequired | Param::kWord, "All spellings of it are meant."},
        },
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
