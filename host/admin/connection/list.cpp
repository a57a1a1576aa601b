#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "net/roster.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  Value items = Value::list();
  for (const auto& c : call.core.roster->all()) {
    if (call.has("account") && c.account != call.text("account")) continue;
    items.add(Value::object({{"id", c.id},
                             {"listener", c.listener},
                             {"protocol", c.protocol},
                             {"remote", c.remote},
                             {"account", c.account},
                             {"since", c.since}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kConnectionList;
const Operation kConnectionList = {
    .name = "connection.list",
    .method = Method::Get,
    .path = "/connections",
    .help = "Lists the open connections.",
    .params = {{"account", Param::Type::String, Param::kOptional, "Only those logged in to it."}},
    .result = {Shape::Kind::Many,
               {{"id", Param::Type::Int, "For connection kick, and cid in logs."},
                {"listener", Param::Type::String, "Where it came in."},
                {"protocol", Param::Type::String, "What it speaks."},
                {"remote", Param::Type::String, "From where."},
                {"account", Param::Type::String, "Who has logged in."},
                {"since", Param::Type::Time, "When it began."}}},
    .run = run};

}  // namespace posthouse::admin
