// All plugins of the server: found, loaded, brought up in order, taken down.
// A plugin that fails leaves the others running, unless it is marked essential.
// Threads: one at a time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/server.hpp"
#include "plugin/instance.hpp"

namespace posthouse::plugin {

class PluginHost {
 public:
  // `folder`: NAME.so and NAME.json; `copies`: where the private copies go.
  PluginHost(Core& core, std::string folder, std::string copies);
  ~PluginHost();

  // Brings up every enabled plugin of the folder. An error only when an essential one failed.
  ph::Status start(const std::map<std::string, config::PluginConfig>& configs);
  void stop(uint32_t deadlineMs);

  // Who speaks `protocol`; nullptr: nobody now.
  Instance* speaker(const std::string& protocol) const;
  const std::vector<std::unique_ptr<Instance>>& instances() const { return instances_; }

  // Checks options against the schemas of the manifests in the folder. One problem per line.
  static ph::Status check(const std::string& folder, const std::map<std::string, config::PluginConfig>& configs);

 private:
  Core& core_;
  const std::string folder_;
  const std::string copies_;
  std::vector<std::unique_ptr<Instance>> instances_;
};

}  // namespace posthouse::plugin
