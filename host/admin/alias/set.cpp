#include "admin/alias/place.hpp"
#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto place = aliasPlace(call);
  if (!place) return place.error();
  if (!place->alias) return ph::Error{ph::Kind::NotFound, "there is no alias " + call.text("address")};
  return change(call, [&](const Changes& changes) { return editedAlias(call, *place, changes); });
}

}  // namespace

extern const Operation kAliasSet;
const Operation kAliasSet = {
    .name = "alias.set",
    .method = Method::Patch,
    .path = "/aliases",
    .help = "Changes members or rights of an alias.",
    .params = {{"address", Param::Type::String, Param::kRequired | Param::kWord, "Of the alias.", Subject::Address},
               {"members", Param::Type::List, Param::kWord, "Addresses of accounts of this server.", Subject::Address},
               {"anyone_may_post", Param::Type::Bool, Param::kOptional,
                "Mail is taken from everybody, not from members only."},
               {"list_members", Param::Type::Bool, Param::kOptional, "Members may see who the others are."},
               {"members_may_send_as", Param::Type::Bool, Param::kOptional, "Members may send from this address."},
               previewParam()},
    .role = Role::DomainAdmin,
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
