#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  return call.core.changes->undo(call.flag("preview"));
}

}  // namespace

extern const Operation kConfigUndo;
const Operation kConfigUndo = {.name = "config.undo",
                               .method = Method::Post,
                               .path = "/config/undo",
                               .help = "Takes the last change of the configuration back; once more does it again.",
                               .params = {previewParam()},
                               .changes = true,
                               .result = changeResult(),
                               .run = run};

}  // namespace posthouse::admin
