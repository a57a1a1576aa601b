#include <sys/prctl.h>
#include <unistd.h>

#include <iostream>

#include "app/command.hpp"
#include "app/flags.hpp"
#include "app/limit_settings.hpp"
#include "app/offline.hpp"
#include "app/process_one/last_words.hpp"
#include "app/run_server.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  ::prctl(PR_SET_NAME, "posthouse", 0, 0, 0);
  const auto flags = parseFlags(args, {{"config", true}, {"no-limits", false}});
  if (!flags || !flags->words.empty() || !flags->has("config")) return kUsage;
  auto processOne = ProcessOne::attach();
  if (!processOne) return failed(processOne.error());
  if ((::getuid() == 0 || ::geteuid() == 0) && !processOne->mayBeRoot()) {
    return failed({ph::Kind::Denied, "the worker does not run as root"});
  }
  sayLastWords(processOne->fd());
  auto config = config::load(flags->get("config"));
  if (!config) {
    std::cerr << config.error().text << "\n";
    return kFailed;
  }
  if (flags->has("no-limits")) removeLimits(&*config);
  return runServer(std::move(*config), *processOne);
}

}  // namespace

const Command kWorker = {"worker", "--config FILE [--no-limits]", nullptr, run};

}  // namespace posthouse::app
