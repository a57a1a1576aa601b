#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/tokens.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (auto s = call.core.tokens->revoke(call.text("name")); !s) return s.error();
  return Value::object();
}

}  // namespace

extern const Operation kTokenRevoke;
const Operation kTokenRevoke = {.name = "token.revoke",
                                .method = Method::Delete,
                                .path = "/tokens/{name}",
                                .help = "Revokes a bearer token.",
                                .params = {{"name", Param::Type::String, Param::kRequired, "Its name."}},
                                .changes = true,
                                .run = run};

}  // namespace posthouse::admin
