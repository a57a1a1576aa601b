#include "plugin/data.hpp"

#include <climits>

namespace posthouse::plugin {
namespace {

constexpr int kApplicationId = 0x5048504C;  // "PHPL"
constexpr int kCacheKiB = 1024;

}  // namespace

PluginData::PluginData(env::Env& env, std::string folder) : env_(env), folder_(std::move(folder)), vfs_(env) {}

ph::Result<std::string> PluginData::folderOf(const std::string& plugin, bool make) {
  if (plugin.empty() || plugin[0] == '.' || plugin.find('/') != std::string::npos)
    return ph::Error{ph::Kind::Invalid, "'" + plugin + "' can't name a folder"};
  const std::string path = folder_ + "/" + plugin;
  if (!make) return path;
  std::lock_guard lock(secretsMutex_);
  if (auto s = env::ensureFolder(env_, folder_); !s) return s.error();
  if (auto s = env::ensureFolder(env_, path); !s) return s.error();
  return path;
}

ph::Result<ph_db*> PluginData::open(const void* owner, const std::string& plugin,
                                    const std::vector<std::string>& migrations) {
  const auto folder = folderOf(plugin, true);
  if (!folder) return folder.error();
  db::OpenOptions options;
  options.create = true;
  options.application = kApplicationId;
  options.version = static_cast<int>(migrations.size());
  options.cacheKiB = kCacheKiB;
  std::lock_guard migrating(openMutex_);
  auto database = db::Database::open(vfs_, *folder + "/data.db", options);
  if (!database) return database.error();
  db::Database& d = **database;
  d.confine(true);
  for (auto version = static_cast<size_t>(d.version()); version < migrations.size(); ++version) {
    ph::Status s = d.exec("BEGIN IMMEDIATE");
    if (s) s = d.exec(migrations[version]);
    d.confine(false);
    if (s) s = d.exec("PRAGMA user_version=" + std::to_string(version + 1) + "; COMMIT");
    d.confine(true);
    if (!s) {
      const bool fault = s.error().kind == ph::Kind::Bug || s.error().kind == ph::Kind::Denied;
      return ph::Error{fault ? ph::Kind::Invalid : s.error().kind,
                       "migration " + std::to_string(version + 1) + ": " + s.error().text};
    }
  }
  auto connection = std::make_unique<ph_db>();
  connection->data = this;
  connection->owner = owner;
  connection->database = std::move(*database);
  std::lock_guard lock(mutex_);
  connections_.push_back(std::move(connection));
  return connections_.back().get();
}

void PluginData::close(ph_db* connection) {
  std::lock_guard lock(mutex_);
  std::erase_if(connections_, [&](const auto& c) { return c.get() == connection; });
}

void PluginData::closeAll(const void* owner) {
  std::lock_guard lock(mutex_);
  std::erase_if(connections_, [&](const auto& c) { return c->owner == owner; });
}

ph::Status PluginData::backup(const std::string& target) {
  const auto plugins = env_.list(folder_);
  if (!plugins) return plugins.error().kind == ph::Kind::NotFound ? ph::Status() : ph::Status(plugins.error());
  for (const auto& name : *plugins) {
    if (auto s = backupOne(folder_ + "/" + name, target + "/" + name); !s) return s;
  }
  return env_.syncFolder(target);
}

ph::Status PluginData::backupOne(const std::string& from, const std::string& to) {
  if (auto s = env_.makeFolder(to); !s) return s;
  if (env_.info(from + "/data.db")) {
    db::OpenOptions reading;
    reading.readOnly = true;
    reading.application = kApplicationId;
    reading.version = INT_MAX;
    auto source = db::Database::open(vfs_, from + "/data.db", reading);
    if (!source) return source.error();
    db::OpenOptions writing;
    writing.create = true;
    auto copy = db::Database::open(vfs_, to + "/data.db", writing);
    if (!copy) return copy.error();
    if (auto s = (*source)->copyTo(**copy); !s) return s;
  }
  const auto names = env_.list(from + "/secrets");
  if (!names) return names.error().kind == ph::Kind::NotFound ? env_.syncFolder(to) : ph::Status(names.error());
  if (auto s = env_.makeFolder(to + "/secrets"); !s) return s;
  for (const auto& name : *names) {
    if (name[0] == '.') continue;  // half written
    const auto value = readSecret(from + "/secrets/" + name);
    if (!value) return value.error();
    if (auto s = writeSecret(to + "/secrets/" + name, *value); !s) return s;
  }
  return env_.syncFolder(to);
}

}  // namespace posthouse::plugin
