#include "store/verify.hpp"

#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "store/store.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (call.flag("fix"))
    return ph::Error{ph::Kind::Unavailable, "the server has the account open; stop it to repair (store verify --fix)"};
  if (const auto file = accountFile(call.core, call.text("account")); !file) return file.error();
  const auto account = call.core.store->openOrCreate(call.text("account"));
  if (!account) return account.error();
  store::VerifyOptions options;
  options.hashes = call.flag("content");
  options.tell = call.tell;
  const auto report = store::verify(**account, options);
  if (!report) return report.error();
  Value problems = Value::list();
  for (const auto& p : report->problems) problems.add(p.text);
  return Value::object({{"messages", static_cast<uint64_t>(report->messages)},
                        {"clean", report->clean()},
                        {"problems", std::move(problems)}});
}

}  // namespace

extern const Operation kStoreVerifyLive;
const Operation kStoreVerifyLive = {
    .name = "store.verify",
    .method = Method::Get,
    .path = "/accounts/{account}/store/verify",
    .help = "Checks an account's index against its message files; mail for it waits meanwhile.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"content", Param::Type::Bool, Param::kOptional, "Every byte of them."},
               {"fix", Param::Type::Bool, Param::kOptional, "Only while no server runs."}},
    .tells = true,
    .result = {Shape::Kind::One,
               {{"messages", Param::Type::Int, "That were looked at."},
                {"clean", Param::Type::Bool, "Nothing is wrong."},
                {"problems", Param::Type::List, "What is."}}},
    .run = run};

}  // namespace posthouse::admin
