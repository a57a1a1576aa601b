#include <iostream>

#include "app/command.hpp"
#include "app/offline.hpp"
#include "setup/account_files.hpp"

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
  if (auto s = setup::setPassword(*config, flags->words[0], readPassword()); !s) {
    std::cerr << "posthouse: " << s.error().text << "\n";
    return kFailed;
  }
  std::cout << "The password of " << flags->words[0] << " is changed; a running server knows it at once.\n";
  return kOk;
}

}  // namespace

const Command kAccountPassword = {"account password", "[--config FILE] NAME",
                                  "Sets a password, read from standard input.", run};

}  // namespace posthouse::app
