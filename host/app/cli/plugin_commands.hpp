// What plugins add to the command line: asked from a server that runs, else found in the manifests and, for what needs
// no server, run here.
// Guarantees: no plugin's code is loaded but that of the command that was typed. Threads: one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/plugin_operation.hpp"
#include "app/cli/plugin_alone.hpp"
#include "config/server.hpp"

namespace posthouse::app::cli {

class PluginCommands {
 public:
  // `args`: --dir, --config and --resolver among them say where to look. With the latter two no server is asked.
  explicit PluginCommands(const std::vector<std::string>& args);

  // Those of the server, and those of the plugins in the folder; help is empty when it is not known without a server.
  struct Known {
    std::string words, plugin, help;
  };
  std::vector<Known> known() const;
  // Described by the server: for completion.
  const std::vector<admin::PluginOperationPtr>& ofServer() const { return ofServer_; }

  // The one `args` begins with, ready to be run. nullptr: none; NotFound never.
  class Found;
  ph::Result<std::shared_ptr<const Found>> find(const std::vector<std::string>& args) const;

 private:
  struct Listed {
    std::string words, plugin;
  };
  const Listed* listed(const std::vector<std::string>& args) const;

  std::string folder_;
  std::optional<config::ServerConfig> config_;
  ph::Status configProblem_;
  std::string resolver_;
  std::string socket_;  // empty: no server
  std::vector<admin::PluginOperationPtr> ofServer_;
  std::vector<Listed> listed_;
};

class PluginCommands::Found {
 public:
  const admin::Operation& operation() const { return operation_->operation(); }
  size_t length() const { return length_; }  // its words
  bool offline() const { return operation_->command().offline; }
  // `args` behind the words. Answers the exit code.
  int run(const std::vector<std::string>& args) const;

 private:
  friend class PluginCommands;
  admin::PluginOperationPtr operation_;
  size_t length_ = 0;
  std::string socket_;
  std::shared_ptr<PluginAlone> alone_;
  commands::CommandPtr command_;  // of `alone_`
};

}  // namespace posthouse::app::cli
