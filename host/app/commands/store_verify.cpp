#include <iostream>

#include "app/cli/progress_bar.hpp"
#include "app/command.hpp"
#include "app/offline_store.hpp"
#include "store/verify.hpp"

namespace posthouse::app {
namespace {

// Prints what is wrong; nothing: it could not be looked at.
ph::Result<bool> check(store::Store& store, const std::string& name, const store::VerifyOptions& options) {
  const auto account = store.open(name);
  if (!account) return account.error();
  const auto report = cli::withBar([&](const TellProgress& tell) {
    auto telling = options;
    telling.tell = tell;
    return store::verify(**account, telling);
  });
  if (!report) return report.error();
  for (const auto& p : report->problems) std::cout << p.text << "\n";
  std::cout << report->messages << " messages checked, " << report->problems.size() << " problems\n";
  return report->clean();
}

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOfflineStore(args, {{"fix", false}, {"content", false}}, 1, 1, &code);
  if (!offline) return code;
  const auto& flags = offline->offline.flags;
  const auto& name = flags.words[0];
  store::VerifyOptions options;
  options.hashes = flags.has("content");
  auto clean = check(*offline->store, name, options);
  if (!clean) return failed(clean.error());
  if (*clean || !flags.has("fix")) return *clean ? kOk : kFailed;
  const auto report = cli::withBar([&](const TellProgress& tell) { return offline->store->repair(name, tell); });
  if (!report) return failed(report.error());
  std::cout << "\n";
  for (const auto& line : report->said) std::cout << line << "\n";
  std::cout << report->added << " messages added from their files, " << report->lost << " lost\n\n";
  clean = check(*offline->store, name, options);
  if (!clean) return failed(clean.error());
  return *clean ? kOk : kFailed;
}

}  // namespace

const Command kStoreVerify = {"store verify", "[--config FILE] [--content] [--fix] ACCOUNT",
                              "Checks an account's index against its message files, with --content every byte of them; "
                              "--fix repairs what can be repaired.",
                              run};

}  // namespace posthouse::app
