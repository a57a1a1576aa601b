#include <iostream>

#include "app/cli/progress_bar.hpp"
#include "app/command.hpp"
#include "app/offline_store.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOfflineStore(args, {}, 1, 1, &code);
  if (!offline) return code;
  const auto report = cli::withBar(
      [&](const TellProgress& tell) { return offline->store->rebuild(offline->offline.flags.words[0], tell); });
  if (!report) return failed(report.error());
  for (const auto& line : report->said) std::cout << line << "\n";
  if (!report->base.empty()) std::cout << "made from " << report->base << "\n";
  std::cout << report->added << " messages added from their files, " << report->lost << " lost\n";
  return kOk;
}

}  // namespace

const Command kStoreRebuild = {"store rebuild", "[--config FILE] ACCOUNT",
                               "Makes a new index for an account from what is left of it and its message files.", run};

}  // namespace posthouse::app
