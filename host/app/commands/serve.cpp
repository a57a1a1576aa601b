#include <iostream>

#include "app/command.hpp"
#include "app/flags.hpp"
#include "app/limit_settings.hpp"
#include "app/run_server.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {{"config", true}, {"no-limits", false}});
  if (!flags || !flags->words.empty() || !flags->has("config")) {
    std::cerr << "posthouse: " << (flags ? "serve needs --config FILE" : flags.error().text) << "\n";
    return kUsage;
  }
  auto config = config::load(flags->get("config"));
  if (!config) {
    std::cerr << config.error().text << "\n";
    return kFailed;
  }
  if (flags->has("no-limits")) removeLimits(&*config);
  return runServer(std::move(*config), [](const Server&) {});
}

}  // namespace

const Command kServe = {"serve", "--config FILE [--no-limits]", "Runs the server in the foreground.", run};

}  // namespace posthouse::app
