// All plugins of the server: found, loaded, brought up in order, switched while the server runs, taken down.
// A plugin that fails leaves the others running, unless it is marked essential.
// Guarantees: a change is judged as a whole before any of it happens; a plugin that is switched on again is a fresh
// instance of the code that is loaded already, which is never unloaded.
// Threads: one at a time; report() from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "config/server.hpp"
#include "plugin/instance.hpp"

namespace posthouse::plugin {

using Configs = std::map<std::string, config::PluginConfig>;

// What apply() will do: made by prepare(), dropped without effect when the rest of the change is refused.
struct Change {
  std::vector<Instance*> off;
  std::vector<Instance*> changed;
  std::vector<std::unique_ptr<Instance>> fresh;  // created and judged, not started
};

class PluginHost {
 public:
  // `folder`: NAME.so and NAME.json; `copies`: where the private copies go.
  PluginHost(Core& core, std::string folder, std::string copies);
  ~PluginHost();

  // Those that crashed the server too often are not brought up, until they were switched off: `pardon` is told then.
  using Pardon = std::function<void(const std::string& name)>;
  void quarantine(std::set<std::string> names, Pardon pardon);
  // Brings up every enabled plugin of the folder. An error only when an essential one failed.
  ph::Status start(const Configs& configs);
  // Looks at what is enabled, disabled or configured otherwise now. An error: a plugin refuses its new options, or one
  // that is switched on can't be loaded; nothing has changed then. One that had failed before is only tried again.
  ph::Result<Change> prepare(const Configs& configs);
  // An error only when an essential plugin does not start.
  ph::Status apply(Change change, const Configs& configs);
  void stop(uint32_t deadlineMs);
  // True: calls into a plugin did not return. Nothing they may still use must ever be destroyed.
  bool abandoned() const { return abandoned_ > 0; }

  // Every plugin that runs or failed.
  std::vector<Report> report() const;

  // Of a plugin that runs, or lies in the folder. NotFound. Any thread.
  ph::Result<Manifest> manifest(const std::string& name) const;

  // Who speaks `protocol`; nullptr: nobody now.
  Instance* speaker(const std::string& protocol) const;
  // Whether somebody is to speak it after `change`, by what the manifests say.
  bool willSpeak(const Change& change, const std::string& protocol) const;

  // Checks options against the schemas of the manifests in the folder. One problem per line.
  static ph::Status check(const std::string& folder, const Configs& configs);

 private:
  Instance* find(const std::string& name) const;
  // A plugin created and judged, or the reason why not.
  ph::Result<std::unique_ptr<Instance>> make(const std::string& name, const Configs& configs);
  void failed(const std::string& name, const std::string& reason);
  void drop(std::unique_ptr<Instance> instance);

  Core& core_;
  const std::string folder_;
  const std::string copies_;
  mutable std::mutex mutex_;  // changes of the two, and report()
  std::vector<std::unique_ptr<Instance>> instances_;
  std::map<std::string, std::string> failed_;  // name -> why it does not run
  std::set<std::string> quarantined_;
  Pardon pardon_;
  size_t abandoned_ = 0;
};

}  // namespace posthouse::plugin
