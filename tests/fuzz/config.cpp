// Configuration: any file gives a value or a problem with its place; what passed a schema has the types it promises.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/account_config.hpp"
#include "config/node.hpp"
#include "config/schema.hpp"
#include "config/server_schema.hpp"

namespace {

using namespace posthouse::config;

void checkPlaces(const Node& node, const std::string& name) {
  if (!node.at.file.empty() && (node.at.file != name || node.at.line == 0)) std::abort();
  for (const auto& item : node.list) checkPlaces(item, name);
  for (const auto& [key, child] : node.table) checkPlaces(child, name);
}

const Schema& schema(const char* text) {
  static auto* made = new std::vector<std::pair<const char*, Schema>>;
  for (const auto& [known, s] : *made) {
    if (known == text) return s;
  }
  auto parsed = Schema::parse(text);
  if (!parsed) std::abort();
  made->emplace_back(text, std::move(*parsed));
  return made->back().second;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  int64_t ms = 0;
  uint64_t bytes = 0;
  if (parseDuration(in, &ms) && ms < 0) std::abort();
  (void)parseSize(in, &bytes);
  const auto root = parseToml(in, "f.toml");
  if (!root) {
    if (root.error().text.rfind("f.toml:", 0) != 0) std::abort();
    return 0;
  }
  checkPlaces(*root, "f.toml");
  for (const char* text : {kServerSchema, kDomainSchema, kAccountSchema}) {
    Node copy = *root;
    const auto problems = schema(text).apply(&copy);
    for (const auto& p : problems) {
      if (p.find(":") == std::string::npos) std::abort();
    }
    if (!problems.empty()) continue;
    // Twice is once.
    if (!schema(text).apply(&copy).empty()) std::abort();
    if (text == kAccountSchema) {
      std::vector<std::string> found;
      (void)readAccount("fuzz", copy, {}, &found);
    }
    if (text == kServerSchema && copy.stringAt("hostname").empty()) std::abort();
  }
  return 0;
}
