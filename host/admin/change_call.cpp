#include "admin/change_call.hpp"

#include <filesystem>

#include "config/server.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::admin {

Param previewParam() {
  return {"preview", Param::Type::Bool, Param::kOptional, "Only say what would change."};
}

Shape changeResult(std::vector<Field> more) {
  std::vector<Field> fields = {{"files", Param::Type::List, "The files that change."},
                               {"difference", Param::Type::String, "How, line by line."},
                               {"applied", Param::Type::Bool, "Whether it is in force."},
                               {"restart", Param::Type::List, "Options that change when the server is started again."}};
  fields.insert(fields.end(), more.begin(), more.end());
  return {Shape::Kind::One, std::move(fields)};
}

Answer change(Call& call, const Changes::Edit& edit) {
  return call.core.changes->apply(edit, call.flag("preview"));
}

Answer changeValue(Call& call, const std::string& file, const std::string& path, json::Value value) {
  return change(call, setting(file, path, std::move(value)));
}

ph::Result<std::string> accountFile(const Core& core, const std::string& account) {
  if (!core.config()->accounts.contains(account))
    return ph::Error{ph::Kind::NotFound, "there is no account " + account};
  return "accounts/" + account + ".toml";
}

ph::Result<std::string> domainFile(const Core& core, const std::string& domain) {
  const auto config = core.config();
  const auto name = ph::address::normaliseDomain(domain);
  const auto i = name ? config->domains.find(*name) : config->domains.end();
  if (i == config->domains.end()) return ph::Error{ph::Kind::NotFound, "there is no domain " + domain};
  // Its file may be called by the Unicode name.
  return "domains/" + std::filesystem::path(i->second.at.file).filename().string();
}

}  // namespace posthouse::admin
