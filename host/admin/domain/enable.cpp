#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto file = domainFile(call.core, call.text("domain"));
  if (!file) return file.error();
  if (!call.core.config()->domains.at(*ph::address::normaliseDomain(call.text("domain"))).disabled)
    return ph::Error{ph::Kind::Conflict, "the domain is not disabled"};
  return changeValue(call, *file, "disabled", Value());
}

}  // namespace

extern const Operation kDomainEnable;
const Operation kDomainEnable = {
    .name = "domain.enable",
    .method = Method::Post,
    .path = "/domains/{domain}/enable",
    .help = "Takes mail for a domain again.",
    .params = {{"domain", Param::Type::String, Param::kRequired, "Its name.", Subject::Domain}, previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
