#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/tokens.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  Value items = Value::list();
  for (const auto& [name, t] : call.core.tokens->all()) {
    items.add(Value::object({{"name", name},
                             {"role", roleName(t.rights.role)},
                             {"account", t.rights.account},
                             {"domains", t.rights.domains},
                             {"operations", t.rights.operations},
                             {"created", t.created},
                             {"expires", t.expires}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kTokenList;
const Operation kTokenList = {.name = "token.list",
                              .method = Method::Get,
                              .path = "/tokens",
                              .help = "Lists the bearer tokens, without themselves.",
                              .result = {Shape::Kind::Many,
                                         {{"name", Param::Type::String, "Its name."},
                                          {"role", Param::Type::String, "What it may."},
                                          {"account", Param::Type::String, "Its account."},
                                          {"domains", Param::Type::List, "Its domains."},
                                          {"operations", Param::Type::List, "Only these; none: all of its role."},
                                          {"created", Param::Type::Time, "When."},
                                          {"expires", Param::Type::Time, "When it ends."}}},
                              .run = run};

}  // namespace posthouse::admin
