// What plugins keep on disk: a folder each, with one database and their secrets.
//
// Guarantees: a plugin reaches its own folder only; secrets are files of mode 0600, replaced in one step; backup()
// copies databases as they are at one moment while they are written to. Threads: all from any thread; a connection
// belongs to one thread at a time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "db/vfs.hpp"
#include "env/env.hpp"
#include "ph/result.hpp"

namespace posthouse::plugin {
class PluginData;
}

// The plugin's names for a query and a connection.
struct ph_db_query {
  posthouse::db::Statement statement;
  std::deque<std::string> bound;  // what was bound, until the reset
  void reset() {
    statement.reset();
    bound.clear();
  }
};
struct ph_db {
  posthouse::plugin::PluginData* data = nullptr;
  const void* owner = nullptr;
  std::unique_ptr<posthouse::db::Database> database;
  std::map<std::string, std::unique_ptr<ph_db_query>, std::less<>> queries;  // go first
};

namespace posthouse::plugin {

class PluginData {
 public:
  static constexpr size_t kMaxSecret = 64 * 1024;

  // `folder` is made when it is needed first.
  PluginData(env::Env& env, std::string folder);

  // A connection for `owner`; see ph.db/1.
  ph::Result<ph_db*> open(const void* owner, const std::string& plugin, const std::vector<std::string>& migrations);
  void close(ph_db* connection);
  // What `owner` has left open.
  void closeAll(const void* owner);

  // See ph.secrets/1.
  ph::Result<std::string> secret(const std::string& plugin, std::string_view name);
  ph::Status setSecret(const std::string& plugin, std::string_view name, std::string_view value);
  ph::Result<std::string> obtainSecret(const std::string& plugin, std::string_view name, size_t size);
  ph::Status removeSecret(const std::string& plugin, std::string_view name);
  ph::Result<std::vector<std::string>> secrets(const std::string& plugin);

  // Copies everything of all plugins below `target`, a folder that is there and empty.
  ph::Status backup(const std::string& target);

 private:
  ph::Result<std::string> folderOf(const std::string& plugin, bool make);
  ph::Result<std::string> secretFile(const std::string& plugin, std::string_view name, bool make);
  ph::Result<std::string> readSecret(const std::string& file);
  ph::Status writeSecret(const std::string& file, std::string_view value);
  ph::Status backupOne(const std::string& from, const std::string& to);

  env::Env& env_;
  const std::string folder_;
  db::Vfs vfs_;
  std::mutex secretsMutex_;  // writers of secrets, and folders
  std::mutex openMutex_;     // of those that migrate
  std::mutex mutex_;         // of the rest
  std::vector<std::unique_ptr<ph_db>> connections_;
};

}  // namespace posthouse::plugin
