#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/edit/edit.hpp"
#include "config/server.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto name = ph::address::normaliseDomain(call.text("domain"));
  if (!name) return ph::Error{ph::Kind::Invalid, "'" + call.text("domain") + "' is not a domain: " + name.error().text};
  if (call.core.config()->domains.contains(*name))
    return ph::Error{ph::Kind::Conflict, "the domain " + *name + " is configured already"};
  return change(call, [&](const Changes&) -> ph::Result<Changes::Texts> {
    return Changes::Texts{
        {"domains/" + *name + ".toml", "description = " + *config::edit::toToml(call.text("description")) + "\n"}};
  });
}

}  // namespace

extern const Operation kDomainAdd;
const Operation kDomainAdd = {
    .name = "domain.add",
    .method = Method::Post,
    .path = "/domains",
    .help = "Makes a domain.",
    .params = {{"domain", Param::Type::String, Param::kRequired | Param::kWord, "Its name.", Subject::Domain},
               {"description", Param::Type::String, Param::kOptional, "For people."},
               previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
