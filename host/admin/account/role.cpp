#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto file = accountFile(call.core, call.text("account"));
  if (!file) return file.error();
  const bool domains = call.text("role") == "domain-admin";
  if (domains != call.has("domains"))
    return ph::Error{ph::Kind::Invalid,
                     domains ? "'domains' are needed for this role" : "'domains' are of a domain-admin"};
  const auto config = call.core.config();
  for (const auto& d : call.list("domains")) {
    if (!config->domains.contains(d)) return ph::Error{ph::Kind::NotFound, "there is no domain " + d};
  }
  return change(call, [&](const Changes& changes) -> ph::Result<Changes::Texts> {
    auto text = changes.text(*file);
    // The weakest role is what a file says that says nothing.
    if (text) text = withValue(*text, "role", call.text("role") == "account" ? Value() : Value(call.text("role")));
    if (text) text = withValue(*text, "administers", domains ? Value(call.list("domains")) : Value());
    if (!text) return text.error();
    return Changes::Texts{{*file, std::move(*text)}};
  });
}

}  // namespace

extern const Operation kAccountRole;
const Operation kAccountRole = {
    .name = "account.role",
    .method = Method::Put,
    .path = "/accounts/{account}/role",
    .help = "Says what an account may administer when it logs in with a browser.",
    .params = {{"account", Param::Type::String, Param::kRequired, "Its name.", Subject::Account},
               {"role",
                Param::Type::String,
                Param::kRequired | Param::kWord,
                "What it may.",
                Subject::None,
                {"account", "domain-admin", "admin"}},
               {"domains", Param::Type::List, Param::kOptional, "Of a domain-admin: these.", Subject::Domain},
               previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
