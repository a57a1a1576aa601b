#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  call.core.stop();
  return Value::object();
}

}  // namespace

extern const Operation kStop;
const Operation kStop = {.name = "stop",
                         .method = Method::Post,
                         .path = "/stop",
                         .help = "Ends the server, politely.",
                         .changes = true,
                         .run = run};

}  // namespace posthouse::admin
