#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (auto s = call.core.reload(); !s) return s.error();
  return Value::object();
}

}  // namespace

extern const Operation kReload;
const Operation kReload = {.name = "reload",
                           .method = Method::Post,
                           .path = "/reload",
                           .help = "Reads the configuration and the certificates anew, as SIGHUP does.",
                           .changes = true,
                           .run = run};

}  // namespace posthouse::admin
