#include <iostream>

#include "app/command.hpp"
#include "app/offline.hpp"
#include "setup/account_files.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOffline(args, {{"password-stdin", false}}, 2, &code);
  if (!offline) return code;
  const auto& [flags, config] = *offline;
  const bool own = flags.has("password-stdin");
  const std::string password = own ? readPassword() : setup::randomPassword();
  if (auto s = setup::addAccount(config, flags.words[0], flags.words[1], password); !s) return failed(s.error());
  std::cout << "Account " << flags.words[0] << " with the address " << flags.words[1] << " is made.\n";
  if (!own) std::cout << "Password: " << password << "\n";
  tellServer(config);
  return kOk;
}

}  // namespace

const Command kAccountAdd = {"account add", "[--config FILE] [--password-stdin] NAME ADDRESS",
                             "Makes an account; prints a random password, or reads one from standard input.", run};

}  // namespace posthouse::app
