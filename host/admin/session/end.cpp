#include <algorithm>
#include <ctime>

#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/registry.hpp"
#include "web/sessions.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const std::string& id = call.text("session");
  const auto all = call.core.sessions->list({}, std::time(nullptr));
  const auto i = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.id == id; });
  // The same for what does not exist: strangers learn no names.
  if (i == all.end() || !mayAccount(call.core, call.who, i->account))
    return ph::Error{ph::Kind::NotFound, "there is no session " + id};
  if (auto s = call.core.sessions->end(id, i->account); !s) return s.error();
  return Value::object();
}

}  // namespace

extern const Operation kSessionEnd;
const Operation kSessionEnd = {
    .name = "session.end",
    .method = Method::Delete,
    .path = "/sessions/{session}",
    .help = "Logs a browser out.",
    .params = {{"session", Param::Type::String, Param::kRequired, "Its name, as session list has it."}},
    .role = Role::Account,
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
