#include <iostream>

#include "app/command.hpp"
#include "app/offline_store.hpp"
#include "store/verify.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOfflineStore(args, {}, 1, 1, &code);
  if (!offline) return code;
  const auto account = offline->store->open(offline->offline.flags.words[0]);
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
