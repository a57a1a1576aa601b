#include <iostream>

#include "accounts/directory.hpp"
#include "app/command.hpp"
#include "app/dns_settings.hpp"
#include "app/flags.hpp"
#include "app/limit_settings.hpp"
#include "app/server.hpp"
#include "plugin/host.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {{"config", true}});
  if (!flags || !flags->words.empty() || !flags->has("config")) {
    std::cerr << "posthouse: " << (flags ? "config check needs --config FILE" : flags.error().text) << "\n";
    return kUsage;
  }
  const auto config = config::load(flags->get("config"));
  if (!config) {
    std::cerr << config.error().text << "\n";
    return kFailed;
  }
  std::string problems;
  if (const auto d = accounts::Directory::build(*config); !d) problems += d.error().text + "\n";
  if (const auto s = plugin::PluginHost::check(Server::pluginFolder(*config), config->plugins); !s)
    problems += s.error().text + "\n";
  if (const auto l = limitSettings(*config); !l) problems += l.error().text + "\n";
  if (const auto d = dnsSettings(config->dns); !d) problems += d.error().text + "\n";
  if (!problems.empty()) {
    std::cerr << problems;
    return kFailed;
  }
  std::cout << "The configuration is valid: " << config->domains.size() << " domains, " << config->accounts.size()
            << " accounts, " << config->listeners.size() << " listeners.\n";
  return kOk;
}

}  // namespace

const Command kConfigCheck = {"config check", "--config FILE",
                              "Checks the configuration and the options of all plugins.", run};

}  // namespace posthouse::app
