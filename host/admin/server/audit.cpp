#include <algorithm>

#include "admin/audit.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto lines =
      call.core.audit->read(static_cast<size_t>(std::clamp<int64_t>(call.integer("max", 100), 0, 100000)));
  if (!lines) return lines.error();
  return Value::object({{"items", *lines}});
}

}  // namespace

extern const Operation kAudit;
const Operation kAudit = {.name = "audit",
                          .method = Method::Get,
                          .path = "/audit",
                          .help = "Lists what was changed, by whom, the newest first.",
                          .params = {{"max", Param::Type::Int, Param::kOptional, "How many, 100 when it is not said."}},
                          .result = {Shape::Kind::Many,
                                     {{"time", Param::Type::Time, "When."},
                                      {"who", Param::Type::String, "The principal."},
                                      {"role", Param::Type::String, "His role."},
                                      {"face", Param::Type::String, "How he came."},
                                      {"from", Param::Type::String, "His address; empty: this machine."},
                                      {"operation", Param::Type::String, "What he did."},
                                      {"args", Param::Type::Any, "With what, without secrets."},
                                      {"result", Param::Type::String, "ok, or the code of the error."}}},
                          .run = run};

}  // namespace posthouse::admin
