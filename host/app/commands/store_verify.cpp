#include <iostream>

#include "app/command.hpp"
#include "app/data_lock.hpp"
#include "app/offline.hpp"
#include "env/env.hpp"
#include "store/store.hpp"
#include "store/verify.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {{"config", true}});
  if (!flags || flags->words.size() != 1) {
    if (!flags) std::cerr << "posthouse: " << flags.error().text << "\n";
    return kUsage;
  }
  const auto config = findConfig(*flags);
  if (!config) {
    std::cerr << config.error().text << "\n";
    return kFailed;
  }
  // Only one process may have the databases open.
  const auto lock = DataLock::take(config->dataDir);
  if (!lock) {
    std::cerr << "posthouse: " << lock.error().text << "; stop the server first\n";
    return kFailed;
  }
  store::Store store(env::posix(), config->dataDir + "/accounts");
  const auto account = store.open(flags->words[0]);
  if (!account) {
    std::cerr << "posthouse: " << account.error().text << "\n";
    return kFailed;
  }
  const auto report = store::verify(**account);
  if (!report) {
    std::cerr << "posthouse: " << report.error().text << "\n";
    return kFailed;
  }
  for (const auto& p : report->problems) std::cout << p.text << "\n";
  std::cout << report->messages << " messages checked, " << report->problems.size() << " problems\n";
  return report->problems.empty() ? kOk : kFailed;
}

}  // namespace

const Command kStoreVerify = {"store verify", "[--config FILE] ACCOUNT",
                              "Checks an account's index against its message files.", run};

}  // namespace posthouse::app
