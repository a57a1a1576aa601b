#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "net/roster.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const int named = call.has("id") + !call.text("account").empty() + !call.text("remote").empty();
  if (named != 1) return ph::Error{ph::Kind::Invalid, "name one: id, account or remote"};
  int64_t ended = 0;
  for (const auto& c : call.core.roster->all()) {
    const bool meant = call.has("id")        ? static_cast<int64_t>(c.id) == call.integer("id")
                       : call.has("account") ? c.account == call.text("account")
                                             : c.remote == call.text("remote");
    if (meant && call.core.endConnection(c.id)) ++ended;
  }
  if (call.has("id") && ended == 0) return ph::Error{ph::Kind::NotFound, "there is no such connection"};
  return Value::object({{"ended", ended}});
}

}  // namespace

extern const Operation kConnectionKick;
const Operation kConnectionKick = {
    .name = "connection.kick",
    .method = Method::Post,
    .path = "/connections/kick",
    .help = "Ends connections: one, or all of an account or an address.",
    .params = {{"id", Param::Type::Int, Param::kWord, "Of one connection."},
               {"account", Param::Type::String, Param::kOptional, "All that are logged in to it."},
               {"remote", Param::Type::String, Param::kOptional, "All from this IP address."}},
    .changes = true,
    .result = {Shape::Kind::One, {{"ended", Param::Type::Int, "How many."}}},
    .run = run};

}  // namespace posthouse::admin
