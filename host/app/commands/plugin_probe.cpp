#include <cstdlib>
#include <iostream>

#include "app/command.hpp"
#include "plugin/probe.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  if (args.size() != 1) {
    std::cerr << "posthouse: plugin probe needs one file\n";
    return kUsage;
  }
  const auto s = plugin::loadForProbe(args[0]);
  if (!s) std::cerr << s.error().text << "\n";
  // Destructors of a stranger's statics are not what is asked about.
  std::_Exit(s ? kOk : plugin::kProbeNotLoaded);
}

}  // namespace

const Command kPluginProbe = {"plugin probe", "FILE",
                              "Loads a plugin's shared object and nothing more. The server tries each one so first.",
                              run};

}  // namespace posthouse::app
