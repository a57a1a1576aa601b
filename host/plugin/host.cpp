#include "plugin/host.hpp"

#include <algorithm>
#include <filesystem>

#include "abi/tables.hpp"
#include "config/schema.hpp"
#include "config/suggest.hpp"
#include "plugin/library.hpp"

namespace posthouse::plugin {
namespace fs = std::filesystem;
namespace {

const log::Log kLog("plugin");

std::vector<std::string> namesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code ec;
  for (const auto& e : fs::directory_iterator(folder, ec)) {
    if (e.path().extension() == ".json" && fs::exists(fs::path(e.path()).replace_extension(".so")))
      names.push_back(e.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

PluginHost::PluginHost(Core& core, std::string folder, std::string copies)
    : core_(core), folder_(std::move(folder)), copies_(std::move(copies)) {}

PluginHost::~PluginHost() {
  stop(5000);
}

ph::Status PluginHost::check(const std::string& folder, const std::map<std::string, config::PluginConfig>& configs) {
  std::string problems;
  auto problem = [&](const std::string& text) { problems += (problems.empty() ? "" : "\n") + text; };
  const auto names = namesIn(folder);
  for (const auto& [name, c] : configs) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      problem(c.at.text() + ": there is no plugin '" + name + "'" + config::suggest(name, names));
      continue;
    }
    const auto manifest = readManifest(folder + "/" + name + ".json");
    if (!manifest) {
      problem(manifest.error().text);
      continue;
    }
    const auto schema = config::Schema::parse(manifest->configSchema);
    if (!schema) {
      problem(manifest->file + ": " + schema.error().text);
      continue;
    }
    config::Node options = c.options;
    for (const auto& p : schema->apply(&options)) problem(p);
  }
  if (!problems.empty()) return ph::Error{ph::Kind::Invalid, problems};
  return {};
}

ph::Status PluginHost::start(const std::map<std::string, config::PluginConfig>& configs) {
  ph::Status out;
  for (const auto& name : namesIn(folder_)) {
    const auto c = configs.find(name);
    const bool essential = c != configs.end() && c->second.essential;
    if (c != configs.end() && !c->second.enabled) {
      kLog.info("plugin is switched off", {{"plugin", name}});
      continue;
    }
    std::string reason;
    const auto manifest = readManifest(folder_ + "/" + name + ".json");
    if (!manifest) {
      reason = manifest.error().text;
    } else if (const auto descriptor = loadLibrary(folder_ + "/" + name + ".so", copies_, *manifest); !descriptor) {
      reason = descriptor.error().text;
    } else {
      auto instance = std::make_unique<Instance>(core_, *manifest, *descriptor, &abi::table);
      config::Node options;
      if (c != configs.end()) options = c->second.options;
      if (!instance->bringUp(std::move(options))) reason = instance->reason();
      instances_.push_back(std::move(instance));
    }
    if (reason.empty()) continue;
    kLog.error("plugin not running", {{"plugin", name}, {"reason", reason}});
    if (essential) out = ph::Error{ph::Kind::Permanent, "the essential plugin " + name + " does not run: " + reason};
  }
  return out;
}

void PluginHost::stop(uint32_t deadlineMs) {
  for (auto i = instances_.rbegin(); i != instances_.rend(); ++i) {
    (*i)->takeDown(deadlineMs);
    // What was abandoned is still running somewhere: it must outlive us.
    if ((*i)->state() == State::Abandoned) (void)i->release();
  }
  instances_.clear();
}

Instance* PluginHost::speaker(const std::string& protocol) const {
  for (const auto& i : instances_) {
    if (i->state() == State::Running && i->protocol(protocol)) return i.get();
  }
  return nullptr;
}

}  // namespace posthouse::plugin
