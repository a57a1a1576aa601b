#include <iostream>

#include "app/command.hpp"
#include "app/offline.hpp"
#include "setup/account_files.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOffline(args, {}, 1, &code);
  if (!offline) return code;
  const auto& [flags, config] = *offline;
  if (auto s = setup::setPassword(config, flags.words[0], readPassword()); !s) return failed(s.error());
  std::cout << "The password of " << flags.words[0] << " is changed; a running server knows it at once.\n";
  return kOk;
}

}  // namespace

const Command kAccountPassword = {"account password", "[--config FILE] NAME",
                                  "Sets a password, read from standard input.", run};

}  // namespace posthouse::app
