#include "plugin/host.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "abi/tables.hpp"
#include "config/schema.hpp"
#include "config/suggest.hpp"
#include "net/engine.hpp"
#include "plugin/library.hpp"

namespace posthouse::plugin {
namespace fs = std::filesystem;
namespace {

const log::Log kLog("plugin");

// Ourselves, also when the file was replaced meanwhile.
constexpr const char* kProgram = "/proc/self/exe";
constexpr uint32_t kDrainMs = 5000;

bool enabled(const Configs& configs, const std::string& name) {
  const auto c = configs.find(name);
  return c == configs.end() || c->second.enabled;
}

bool essential(const Configs& configs, const std::string& name) {
  const auto c = configs.find(name);
  return c != configs.end() && c->second.essential;
}

config::Node optionsOf(const Configs& configs, const std::string& name) {
  const auto c = configs.find(name);
  return c == configs.end() ? config::Node{} : c->second.options;
}

ph::Error doesNotRun(const std::string& name, const std::string& reason) {
  return {ph::Kind::Permanent, "the essential plugin " + name + " does not run: " + reason};
}

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

ph::Status PluginHost::check(const std::string& folder, const Configs& configs) {
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

void PluginHost::quarantine(std::set<std::string> names, Pardon pardon) {
  quarantined_ = std::move(names);
  pardon_ = std::move(pardon);
}

ph::Result<std::unique_ptr<Instance>> PluginHost::make(const std::string& name, const Configs& configs) {
  if (quarantined_.contains(name)) {
    return ph::Error{ph::Kind::Unavailable, "it crashed the server too often; switch it off and on to try it again"};
  }
  const auto manifest = readManifest(folder_ + "/" + name + ".json");
  if (!manifest) return manifest.error();
  const auto descriptor = loadLibrary(folder_ + "/" + name + ".so", copies_, *manifest, kProgram);
  if (!descriptor) return descriptor.error();
  auto instance = std::make_unique<Instance>(core_, *manifest, *descriptor, &abi::table);
  if (instance->create(optionsOf(configs, name))) return instance;
  ph::Error e{ph::Kind::Invalid, instance->reason()};
  drop(std::move(instance));
  return e;
}

void PluginHost::failed(const std::string& name, const std::string& reason) {
  kLog.error("plugin not running", {{"plugin", name}, {"reason", reason}});
  std::lock_guard lock(mutex_);
  failed_[name] = reason;
}

// What was abandoned is still running somewhere: it must outlive us.
void PluginHost::drop(std::unique_ptr<Instance> instance) {
  if (instance->state() != State::Abandoned) return;
  ++abandoned_;
  (void)instance.release();
}

ph::Status PluginHost::start(const Configs& configs) {
  ph::Status out;
  Change change;
  for (const auto& name : namesIn(folder_)) {
    if (!enabled(configs, name)) {
      kLog.info("plugin is switched off", {{"plugin", name}});
      continue;
    }
    auto made = make(name, configs);
    if (made) {
      change.fresh.push_back(std::move(*made));
      continue;
    }
    failed(name, made.error().text);
    if (essential(configs, name)) out = doesNotRun(name, made.error().text);
  }
  if (!out) return out;
  return apply(std::move(change), configs);
}

ph::Result<Change> PluginHost::prepare(const Configs& configs) {
  Change change;
  std::string problems;
  auto problem = [&](const std::string& name, const std::string& text) {
    problems += (problems.empty() ? "plugin " : "\nplugin ") + name + ": " + text;
  };
  for (const auto& i : instances_) {
    const std::string& name = i->manifest().id;
    if (!enabled(configs, name)) {
      change.off.push_back(i.get());
    } else if (i->running()) {
      if (const auto s = i->checkConfig(optionsOf(configs, name)); !s) problem(name, s.error().text);
      change.changed.push_back(i.get());
    }
  }
  for (const auto& name : namesIn(folder_)) {
    if (!enabled(configs, name)) {
      std::lock_guard lock(mutex_);
      failed_.erase(name);
      if (quarantined_.erase(name) > 0) pardon_(name);
      continue;
    }
    if (find(name)) continue;
    auto made = make(name, configs);
    if (made) {
      change.fresh.push_back(std::move(*made));
    } else if (failed_.contains(name)) {
      failed(name, made.error().text);
    } else {
      problem(name, made.error().text);
    }
  }
  if (problems.empty()) return change;
  for (auto& i : change.fresh) i->takeDown(0);
  return ph::Error{ph::Kind::Invalid, problems};
}

ph::Status PluginHost::apply(Change change, const Configs& configs) {
  ph::Status out;
  for (Instance* i : change.off) {
    kLog.info("plugin is switched off", {{"plugin", i->manifest().id}});
    i->takeDown(kDrainMs);
    const auto at = std::find_if(instances_.begin(), instances_.end(), [&](const auto& p) { return p.get() == i; });
    std::unique_ptr<Instance> gone;
    {
      std::lock_guard lock(mutex_);
      gone = std::move(*at);
      instances_.erase(at);
    }
    drop(std::move(gone));
  }
  for (Instance* i : change.changed) {
    const auto s = i->applyConfig();
    if (!s) kLog.error("plugin keeps its old options", {{"plugin", i->manifest().id}, {"reason", s.error().text}});
  }
  for (auto& i : change.fresh) {
    const std::string name = i->manifest().id;
    if (i->begin()) {
      std::lock_guard lock(mutex_);
      failed_.erase(name);
      instances_.push_back(std::move(i));
      continue;
    }
    failed(name, i->reason());
    if (essential(configs, name)) out = doesNotRun(name, i->reason());
    drop(std::move(i));
  }
  return out;
}

void PluginHost::stop(uint32_t deadlineMs) {
  while (!instances_.empty()) {
    instances_.back()->takeDown(deadlineMs);
    std::unique_ptr<Instance> last;
    {
      std::lock_guard lock(mutex_);
      last = std::move(instances_.back());
      instances_.pop_back();
    }
    drop(std::move(last));
  }
  // The last replies may still be on their way to clients.
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadlineMs);
  while (core_.engine && core_.engine->size() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

std::vector<Report> PluginHost::report() const {
  std::vector<Report> out;
  std::lock_guard lock(mutex_);
  for (const auto& i : instances_) out.push_back(i->report());
  for (const auto& [name, reason] : failed_) {
    out.push_back({name, {}, quarantined_.contains(name) ? State::Quarantined : State::Failed, reason, 0, 0, {}});
  }
  return out;
}

ph::Result<Manifest> PluginHost::manifest(const std::string& name) const {
  {
    std::lock_guard lock(mutex_);
    for (const auto& i : instances_) {
      if (i->manifest().id == name) return i->manifest();
    }
  }
  const auto names = namesIn(folder_);
  if (std::find(names.begin(), names.end(), name) == names.end())
    return ph::Error{ph::Kind::NotFound, "there is no plugin " + name};
  return readManifest(folder_ + "/" + name + ".json");
}

Instance* PluginHost::find(const std::string& name) const {
  for (const auto& i : instances_) {
    if (i->manifest().id == name) return i.get();
  }
  return nullptr;
}

bool PluginHost::willSpeak(const Change& change, const std::string& protocol) const {
  auto says = [&](const Instance& i) {
    const auto& list = i.manifest().protocols;
    return std::find(list.begin(), list.end(), protocol) != list.end();
  };
  auto stays = [&](const Instance* i) {
    return i->running() && std::find(change.off.begin(), change.off.end(), i) == change.off.end();
  };
  return std::any_of(instances_.begin(), instances_.end(), [&](const auto& i) { return stays(i.get()) && says(*i); }) ||
         std::any_of(change.fresh.begin(), change.fresh.end(), [&](const auto& i) { return says(*i); });
}

Instance* PluginHost::speaker(const std::string& protocol) const {
  for (const auto& i : instances_) {
    if (i->running() && i->protocol(protocol)) return i.get();
  }
  return nullptr;
}

}  // namespace posthouse::plugin
