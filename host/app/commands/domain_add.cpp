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
  if (auto s = setup::addDomain(config, flags.words[0]); !s) return failed(s.error());
  std::cout << "Domain " << flags.words[0] << " is made; add an account with an address in it next.\n";
  tellServer(config);
  return kOk;
}

}  // namespace

const Command kDomainAdd = {"domain add", "[--config FILE] DOMAIN", "Makes a domain.", run};

}  // namespace posthouse::app
