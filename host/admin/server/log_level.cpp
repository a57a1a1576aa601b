#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "log/log.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  log::Level level = log::Level::Info;
  if (!log::parseLevel(call.text("level"), &level)) return ph::Error{ph::Kind::Invalid, "'level' is none"};
  if (call.text("module").empty()) {
    log::setLevel(level);
  } else {
    log::setLevel(call.text("module"), level);
  }
  return Value::object();
}

}  // namespace

extern const Operation kLogLevel;
const Operation kLogLevel = {
    .name = "log.level",
    .method = Method::Put,
    .path = "/log/level",
    .help = "Sets the level of the log, until the configuration is read anew.",
    .params = {{"level",
                Param::Type::String,
                Param::kRequired | Param::kWord,
                "How much is written.",
                Subject::None,
                {"error", "warn", "info", "debug", "trace"}},
               {"module", Param::Type::String, Param::kOptional, "Only of this module, as smtp or queue."}},
    .changes = true,
    .run = run};

}  // namespace posthouse::admin
