#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto found = queue::Operations(*call.core.queue).suppressions(call.text("account"), call.text("address"));
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& s : *found) {
    items.add(Value::object({{"account", s.account},
                             {"address", s.address},
                             {"manual", s.manual},
                             {"since", s.since},
                             {"reason", s.reason}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kQueueSuppressList;
const Operation kQueueSuppressList = {
    .name = "queue.suppress.list",
    .method = Method::Get,
    .path = "/queue/suppressions",
    .help = "Lists the addresses that accounts send nothing to.",
    .params = {{"account", Param::Type::String, Param::kOptional, "Of this account alone.", Subject::Account},
               {"address", Param::Type::String, Param::kOptional, "Only what means this address."}},
    .result = {Shape::Kind::Many,
               {{"account", Param::Type::String, "Who sends nothing there."},
                {"address", Param::Type::String, "As it was when it was added; other spellings are meant too."},
                {"manual", Param::Type::Bool, "An admin added it."},
                {"since", Param::Type::Time, "When."},
                {"reason", Param::Type::String, "Why."}}},
    .run = run};

}  // namespace posthouse::admin
