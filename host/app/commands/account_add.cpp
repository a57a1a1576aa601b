#include <iostream>

#include "app/command.hpp"
#include "app/offline.hpp"
#include "setup/account_files.hpp"

namespace posthouse::app {
namespace {

int run(const std::vector<std::string>& args) {
  const auto flags = parseFlags(args, {{"config", true}, {"password-stdin", false}});
  if (!flags || flags->words.size() != 2) {
    if (!flags) std::cerr << "posthouse: " << flags.error().text << "\n";
    return kUsage;
  }
  const auto config = findConfig(*flags);
  if (!config) {
    std::cerr << config.error().text << "\n";
    return kFailed;
  }
  const bool own = flags->has("password-stdin");
  const std::string password = own ? readPassword() : setup::randomPassword();
  if (auto s = setup::addAccount(*config, flags->words[0], flags->words[1], password); !s) {
    std::cerr << "posthouse: " << s.error().text << "\n";
    return kFailed;
  }
  std::cout << "Account " << flags->words[0] << " with the address " << flags->words[1] << " is made.\n";
  if (!own) std::cout << "Password: " << password << "\n";
  tellServer(*config);
  return kOk;
}

}  // namespace

const Command kAccountAdd = {"account add", "[--config FILE] [--password-stdin] NAME ADDRESS",
                             "Makes an account; prints a random password, or reads one from standard input.", run};

}  // namespace posthouse::app
