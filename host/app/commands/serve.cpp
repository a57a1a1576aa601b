#include <iostream>

#include "app/command.hpp"
#include "app/flags.hpp"
#include "app/process_one/supervisor.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {{"config", true}, {"no-limits", false}});
  if (!flags || !flags->words.empty() || !flags->has("config")) {
    std::cerr << "posthouse: " << (flags ? "serve needs --config FILE" : flags.error().text) << "\n";
    return kUsage;
  }
  ServeOptions options;
  options.configFile = flags->get("config");
  options.noLimits = flags->has("no-limits");
  return superviseWorker(options);
}

}  // namespace

const Command kServe = {"serve", "--config FILE [--no-limits]", "Runs the server in the foreground.", run};

}  // namespace posthouse::app
