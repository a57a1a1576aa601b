#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto file = domainFile(call.core, call.text("domain"));
  if (!file) return file.error();
  return changeValue(call, *file, "disabled", true);
}

}  // namespace

extern const Operation kDomainDisable;
const Operation kDomainDisable = {
    .name = "domain.disable",
    .method = Method::Post,
    .path = "/domains/{domain}/disable",
    .help = "Refuses mail for a domain for now (450).",
    .params = {{"domain", Param::Type::String, Param::kRequired, "Its name.", Subject::Domain}, previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
