// A plugin in the process of the command line, for its commands that need no server.
// Guarantees: it is made and configured, never started; it sees the data folder only if no server uses it; what it
// leaves in memory goes with it. Threads: one.
#pragma once

#include <memory>
#include <string>

#include "commands/commands.hpp"
#include "config/server.hpp"
#include "json/value.hpp"
#include "ph/result.hpp"

namespace posthouse::app::cli {

class PluginAlone {
 public:
  struct Surroundings {
    std::string folder;                            // of plugins
    const config::ServerConfig* config = nullptr;  // none: the plugin's defaults
    std::string resolver;                          // instead of the configuration's
  };

  // Unavailable: the configuration switches it off.
  static ph::Result<std::unique_ptr<PluginAlone>> open(const std::string& plugin, const Surroundings& where);
  // What still hangs in a call is left behind.
  ~PluginAlone();

  commands::CommandPtr find(const std::string& words) const;
  ph::Result<json::Value> run(const commands::CommandPtr& command, json::Value args);

 private:
  struct Parts;
  explicit PluginAlone(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace posthouse::app::cli
