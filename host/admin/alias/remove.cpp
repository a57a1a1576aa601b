#include "admin/alias/place.hpp"
#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto place = aliasPlace(call);
  if (!place) return place.error();
  if (!place->alias) return ph::Error{ph::Kind::NotFound, "there is no alias " + call.text("address")};
  return changeValue(call, place->file, place->path, {});
}

}  // namespace

extern const Operation kAliasRemove;
const Operation kAliasRemove = {
    .name = "alias.remove",
    .method = Method::Delete,
    .path = "/aliases",
    .help = "Removes an alias.",
    .params = {{"address", Param::Type::String, Param::kRequired | Param::kWord, "Of the alias.", Subject::Address},
               previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
