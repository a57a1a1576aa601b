#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "commands/pages.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  Value items = Value::list();
  for (const auto& p : call.core.pages->all()) {
    if (p.admin && call.who.role != Role::Admin) continue;
    items.add(Value::object({{"title", p.title},
                             {"plugin", p.plugin},
                             {"path", p.path.empty() ? "/admin/plugins/" + p.plugin : p.path},
                             {"form", p.path.empty()},
                             {"help", p.help}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kPageList;
const Operation kPageList = {.name = "page.list",
                             .method = Method::Get,
                             .path = "/pages",
                             .help = "Lists the pages that plugins have for people.",
                             .role = Role::Account,
                             .result = {Shape::Kind::Many,
                                        {{"title", Param::Type::String, "Of the menu."},
                                         {"plugin", Param::Type::String, "Whose it is."},
                                         {"path", Param::Type::String, "Where a browser finds it."},
                                         {"form", Param::Type::Bool, "It is made of the plugin's options."},
                                         {"help", Param::Type::String, "What it is for."}}},
                             .run = run};

}  // namespace posthouse::admin
