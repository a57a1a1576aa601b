#include "app/cli/plugin_alone.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "abi/tables.hpp"
#include "app/data_lock.hpp"
#include "app/dns_settings.hpp"
#include "app/offline.hpp"
#include "base/memory_budget.hpp"
#include "dns/resolver.hpp"
#include "env/env.hpp"
#include "net/certificates.hpp"
#include "net/engine.hpp"
#include "plugin/data.hpp"
#include "plugin/instance.hpp"
#include "plugin/library.hpp"
#include "plugin/manifest.hpp"

namespace posthouse::app::cli {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kMemory = int64_t{256} * 1024 * 1024;
constexpr uint32_t kPatienceMs = 1000;

// Gone with its content.
class Folder {
 public:
  Folder() {
    std::string path = fs::temp_directory_path().string() + "/posthouse-XXXXXX";
    if (::mkdtemp(path.data())) path_ = path;
  }
  ~Folder() {
    std::error_code ec;
    if (!path_.empty()) fs::remove_all(path_, ec);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string machineName() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] ? name : "localhost";
}

}  // namespace

// Declared in the order of need: destruction goes backwards.
struct PluginAlone::Parts {
  explicit Parts(dns::Settings settings) : dns(engine, timers, answerPool, std::move(settings)) {}

  std::optional<DataLock> lock;
  Folder folder;
  net::Engine engine{1, 8};
  jobs::Timers timers;
  jobs::Pool hookPool{"hook", 16, 1000};
  jobs::Pool diskPool{"disk", 4, 1000};
  jobs::Pool cryptoPool{"crypto", 2, 1000};
  jobs::Pool answerPool{"dns", 2, 1000};
  net::Certificates certificates;
  commands::Commands commands{hookPool, timers, {}};
  dns::Resolver dns;
  std::unique_ptr<plugin::PluginData> data;
  plugin::Core core;
  std::unique_ptr<plugin::Instance> instance;
};

PluginAlone::PluginAlone(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

PluginAlone::~PluginAlone() {
  auto& p = *parts_;
  if (!p.instance) return;
  p.instance->takeDown(kPatienceMs);
  if (p.instance->state() == plugin::State::Abandoned) (void)parts_.release();
}

ph::Result<std::unique_ptr<PluginAlone>> PluginAlone::open(const std::string& plugin, const Surroundings& where) {
  config::Node options;
  if (where.config) {
    const auto c = where.config->plugins.find(plugin);
    if (c != where.config->plugins.end() && !c->second.enabled)
      return ph::Error{ph::Kind::Unavailable, where.config->file + " switches the plugin " + plugin + " off"};
    if (c != where.config->plugins.end()) options = c->second.options;
  }
  // A configuration that says to ask nobody is no obstacle for a command that asks nothing.
  auto settings =
      where.resolver.empty() && where.config ? dnsSettings(where.config->dns) : offlineDns(where.resolver, nullptr);
  if (!settings) return settings.error();
  const auto manifest = plugin::readManifest(where.folder + "/" + plugin + ".json");
  if (!manifest) return manifest.error();
  auto parts = std::make_unique<Parts>(std::move(*settings));
  auto& p = *parts;
  if (p.folder.path().empty()) return ph::Error{ph::Kind::Temporary, "no temporary folder can be made"};
  const auto descriptor = plugin::loadLibrary(where.folder + "/" + plugin + ".so", p.folder.path(), *manifest, {});
  if (!descriptor) return descriptor.error();
  MemoryBudget::get().setLimit(kMemory);
  p.core.hostname = where.config ? where.config->hostname : machineName();
  p.core.tmpFolder = p.folder.path();
  p.core.engine = &p.engine;
  p.core.certificates = &p.certificates;
  p.core.hookPool = &p.hookPool;
  p.core.diskPool = &p.diskPool;
  p.core.cryptoPool = &p.cryptoPool;
  p.core.timers = &p.timers;
  p.core.dns = &p.dns;
  p.core.commands = &p.commands;
  std::error_code ec;
  if (where.config && fs::is_directory(where.config->dataDir, ec)) {
    // Locks of its databases are in the memory of one process.
    if (auto lock = DataLock::take(where.config->dataDir)) {
      p.lock.emplace(std::move(*lock));
      p.data = std::make_unique<plugin::PluginData>(env::posix(), where.config->dataDir + "/plugin-data");
      p.core.data = p.data.get();
    }
  }
  p.instance = std::make_unique<plugin::Instance>(p.core, *manifest, *descriptor, &abi::offlineTable);
  std::unique_ptr<PluginAlone> alone(new PluginAlone(std::move(parts)));
  if (!p.instance->createOffline(std::move(options)))
    return ph::Error{ph::Kind::Permanent, "the plugin " + plugin + " can't be used: " + p.instance->reason()};
  return alone;
}

commands::CommandPtr PluginAlone::find(const std::string& words) const {
  return parts_->commands.find(words);
}

ph::Result<json::Value> PluginAlone::run(const commands::CommandPtr& command, json::Value args) {
  commands::Caller who;
  who.role = commands::Role::Admin;  // of what is here there is nobody else
  who.offline = true;
  who.name = "unix:" + std::to_string(::getuid());
  who.face = "offline";
  return parts_->commands.run(command, std::move(who), std::move(args));
}

}  // namespace posthouse::app::cli
