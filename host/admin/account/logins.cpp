#include <algorithm>

#include "accounts/accounts.hpp"
#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const bool unknown = call.flag("unknown");
  if (unknown == !call.text("account").empty()) return ph::Error{ph::Kind::Invalid, "name an account, or say unknown"};
  if (unknown && call.who.role != Role::Admin) return ph::Error{ph::Kind::Denied, "this is not yours to see or change"};
  if (!unknown) {
    if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  }
  call.core.accounts->flushLog();
  const auto max = static_cast<size_t>(std::clamp<int64_t>(call.integer("max", 100), 0, 10000));
  const auto attempts = accounts::LoginLog::read(call.core.config()->dataDir + "/logins.db", call.text("account"), max);
  if (!attempts) return attempts.error();
  Value items = Value::list();
  for (const auto& a : *attempts) {
    items.add(Value::object({{"time", a.last},
                             {"result", a.result},
                             {"count", a.count},
                             {"user", a.user},
                             {"remote", a.remoteIp},
                             {"protocol", a.protocol},
                             {"mechanism", a.mechanism},
                             {"tls", a.tls},
                             {"first", a.first}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kAccountLogins;
const Operation kAccountLogins = {
    .name = "account.logins",
    .method = Method::Get,
    .path = "/logins",
    .help = "Lists login attempts, of one account or those that name none.",
    .params = {{"account", Param::Type::String, Param::kWord, "Its name.", Subject::Account},
               {"unknown", Param::Type::Bool, Param::kOptional, "Those for nobody here."},
               {"max", Param::Type::Int, Param::kOptional, "How many, 100 when it is not said."}},
    .role = Role::Account,
    .result = {Shape::Kind::Many,
               {{"time", Param::Type::Time, "The last one."},
                {"result", Param::Type::String, "How it ended."},
                {"count", Param::Type::Int, "How often."},
                {"user", Param::Type::String, "As the client said."},
                {"remote", Param::Type::String, "From where."},
                {"protocol", Param::Type::String, "By what."},
                {"mechanism", Param::Type::String, "Of SASL."},
                {"tls", Param::Type::String, "Version and cipher."},
                {"first", Param::Type::Time, "The first one."}}},
    .run = run};

}  // namespace posthouse::admin
