#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  if (call.text("address").find('@') == std::string::npos) return ph::Error{ph::Kind::Invalid, "this is no address"};
  const auto s =
      queue::Operations(*call.core.queue).suppress(call.text("account"), call.text("address"), call.text("reason"));
  if (!s) return s.error();
  return json::Value::object();
}

}  // namespace

extern const Operation kQueueSuppressAdd;
const Operation kQueueSuppressAdd = {
    .name = "queue.suppress.add",
    .method = Method::Post,
    .path = "/queue/suppressions",
    .help = "Lets an account send nothing to an address any more.",
    .params =
        {
            {"account", Param::Type::String, Param::kRequired | Param::kWord, "Whose list.", Subject::Account},
            {"address", Param::Type::String, Param::kRequired | Param::kWord, "All spellings of it are meant."},
            {"reason", Param::Type::String, Param::kOptional, "For people."},
        },
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
