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
  if (auto s = setup::addDomain(*config, flags->words[0]); !s) {
    std::cerr << "posthouse: " << s.error().text << "\n";
    return kFailed;
  }
  std::cout << "Domain " << flags->words[0] << " is made; add an account with an address in it next.\n";
  tellServer(*config);
  return kOk;
}

}  // namespace

const Command kDomainAdd = {"domain add", "[--config FILE] DOMAIN", "Makes a domain.", run};

}  // namespace posthouse::app
