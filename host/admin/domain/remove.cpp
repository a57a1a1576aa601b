#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto file = domainFile(call.core, call.text("domain"));
  if (!file) return file.error();
  return change(call, [&](const Changes&) -> ph::Result<Changes::Texts> {
    return Changes::Texts{{*file, std::nullopt}};
  });
}

}  // namespace

extern const Operation kDomainRemove;
const Operation kDomainRemove = {
    .name = "domain.remove",
    .method = Method::Delete,
    .path = "/domains/{domain}",
    .help = "Removes a domain that no address is in any more.",
    .params = {{"domain", Param::Type::String, Param::kRequired, "Its name.", Subject::Domain}, previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
