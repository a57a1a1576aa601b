#include "config/restart.hpp"

namespace posthouse::config {
namespace {

struct Option {
  const char* name;
  std::string ServerConfig::*member;
};
constexpr Option kOptions[] = {{"hostname", &ServerConfig::hostname},
                               {"user", &ServerConfig::user},
                               {"group", &ServerConfig::group},
                               {"data_dir", &ServerConfig::dataDir},
                               {"plugin_dir", &ServerConfig::pluginDir},
                               {"metrics.address", &ServerConfig::metricsAddress},
                               {"control.socket", &ServerConfig::controlSocket}};

}  // namespace

std::vector<std::string> restartNeeded(const ServerConfig& now, const ServerConfig& next) {
  std::vector<std::string> out;
  for (const auto& o : kOptions) {
    if (now.*o.member != next.*o.member) out.emplace_back(o.name);
  }
  if (now.homePage != next.homePage) out.emplace_back("testing.home_page");
  return out;
}

void keepUntilRestart(const ServerConfig& now, ServerConfig* next) {
  for (const auto& o : kOptions) next->*o.member = now.*o.member;
  next->homePage = now.homePage;
}

}  // namespace posthouse::config
