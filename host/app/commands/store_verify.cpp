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
  int code = kOk;
  const auto offline = beginOffline(args, {}, 1, &code);
  if (!offline) return code;
  const auto& [flags, config] = *offline;
  // Only one process may have the databases open.
  const auto lock = DataLock::take(config.dataDir);
  if (!lock) {
    std::cerr << "posthouse: " << lock.error().text << "; stop the server first\n";
    return kFailed;
  }
  store::Store store(env::posix(), config.dataDir + "/accounts");
  const auto account = store.open(flags.words[0]);
  if (!account) return failed(account.error());
  const auto report = store::verify(**account);
  if (!report) return failed(report.error());
  for (const auto& p : report->problems) std::cout << p.text << "\n";
  std::cout << report->messages << " messages checked, " << report->problems.size() << " problems\n";
  return report->problems.empty() ? kOk : kFailed;
}

}  // namespace

const Command kStoreVerify = {"store verify", "[--config FILE] ACCOUNT",
                              "Checks an account's index against its message files.", run};

}  // namespace posthouse::app
