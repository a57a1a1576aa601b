#include "app/offline_store.hpp"

#include <algorithm>
#include <iostream>

#include "app/account_settings.hpp"
#include "app/command.hpp"
#include "env/env.hpp"

namespace posthouse::app {

std::optional<OfflineStore> beginOfflineStore(const std::vector<std::string>& args, std::vector<FlagSpec> known,
                                              size_t minWords, size_t maxWords, int* code) {
  auto all = known;
  all.push_back({"config", true});
  const auto flags = parseFlags(args, all);
  const size_t words = flags ? std::clamp(flags->words.size(), minWords, maxWords) : minWords;
  auto offline = beginOffline(args, std::move(known), words, code);
  if (!offline) return {};
  auto lock = DataLock::take(offline->config.dataDir);
  if (!lock) {
    std::cerr << "posthouse: " << lock.error().text << "; stop the server first\n";
    *code = kFailed;
    return {};
  }
  auto store = std::make_unique<store::Store>(env::posix(), offline->config.dataDir + "/accounts");
  store->setSettings(accountSettings(offline->config));
  return OfflineStore{std::move(*offline), std::move(*lock), std::move(store)};
}

}  // namespace posthouse::app
