#include <iostream>

#include "app/command.hpp"
#include "app/offline_store.hpp"
#include "store/threads.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOfflineStore(args, {}, 1, 1, &code);
  if (!offline) return code;
  const auto account = offline->store->open(offline->offline.flags.words[0]);
  if (!account) return failed(account.error());
  const auto changed = store::rethread(**account);
  if (!changed) return failed(changed.error());
  std::cout << *changed << " messages have another thread or parent now\n";
  return kOk;
}

}  // namespace

const Command kStoreRethread = {"store rethread", "[--config FILE] ACCOUNT",
                                "Finds the conversations of an account anew from its messages.", run};

}  // namespace posthouse::app
