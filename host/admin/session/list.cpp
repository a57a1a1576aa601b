#include <ctime>

#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/registry.hpp"
#include "web/sessions.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto account = call.has("account") ? call.text("account") : std::string();
  Value items = Value::list();
  for (const auto& s : call.core.sessions->list(account, std::time(nullptr))) {
    if (!mayAccount(call.core, call.who, s.account)) continue;
    items.add(Value::object({{"session", s.id},
                             {"account", s.account},
                             {"remote", s.remoteIp},
                             {"agent", s.agent},
                             {"begun", s.begun},
                             {"used", s.used},
                             {"ends", web::Sessions::endOf(s)},
                             {"this", s.id == call.who.session}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kSessionList;
const Operation kSessionList = {
    .name = "session.list",
    .method = Method::Get,
    .path = "/sessions",
    .help = "Lists where browsers are logged in.",
    .params = {{"account", Param::Type::String, Param::kWord, "Only of this one.", Subject::Account}},
    .role = Role::Account,
    .result = {Shape::Kind::Many,
               {{"session", Param::Type::String, "Its name."},
                {"account", Param::Type::String, "Who logged in."},
                {"remote", Param::Type::String, "From this address."},
                {"begun", Param::Type::Time, "The login."},
                {"used", Param::Type::Time, "Last seen."},
                {"ends", Param::Type::Time, "Unless it is used, or at the latest."},
                {"this", Param::Type::Bool, "The one that asks."},
                {"agent", Param::Type::String, "What the browser calls itself."}}},
    .run = run};

}  // namespace posthouse::admin
