// account tlskey add, list and remove: TLS client certificates that may log in.
#include <algorithm>
#include <iostream>

#include "accounts/credentials.hpp"
#include "accounts/tls_keys.hpp"
#include "app/command.hpp"
#include "app/offline.hpp"
#include "net/certificate_hash.hpp"

namespace posthouse::app {
namespace {

struct Opened {
  std::string file;
  accounts::Credentials credentials;
};

ph::Result<Opened> open(const config::ServerConfig& config, const std::string& account) {
  if (!config.accounts.contains(account)) return ph::Error{ph::Kind::NotFound, "there is no account " + account};
  const std::string file = accounts::credentialsFile(config.dataDir, account);
  auto credentials = accounts::readCredentials(file);
  if (!credentials) return credentials.error();
  return Opened{file, std::move(*credentials)};
}

int add(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOffline(args, {{"name", true}, {"no-preauth", false}}, 2, &code);
  if (!offline) return code;
  const auto& [flags, config] = *offline;
  auto opened = open(config, flags.words[0]);
  if (!opened) return failed(opened.error());
  const auto fingerprint = net::keyFingerprintOfFile(flags.words[1]);
  if (!fingerprint) return failed(fingerprint.error());
  accounts::TlsKeys all(config.dataDir + "/credentials");
  if (const auto owner = all.find(*fingerprint)) {
    return failed({ph::Kind::Conflict, "this key belongs to the account " + owner->account + " already"});
  }
  const auto& addresses = config.accounts.at(flags.words[0]).addresses;
  opened->credentials.tlsKeys.push_back({*fingerprint, addresses.empty() ? flags.words[0] : addresses.front(),
                                         !flags.has("no-preauth"), flags.get("name")});
  if (auto s = accounts::writeCredentials(opened->file, opened->credentials); !s) return failed(s.error());
  std::cout << *fingerprint << "\nA client with this key may log in as " << flags.words[0]
            << "; a running server knows it at once.\n";
  return kOk;
}

int list(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOffline(args, {}, 1, &code);
  if (!offline) return code;
  auto opened = open(offline->config, offline->flags.words[0]);
  if (!opened) return failed(opened.error());
  for (const auto& k : opened->credentials.tlsKeys) {
    std::cout << k.fingerprint << (k.preauth ? " preauth " : " login ") << k.name << "\n";
  }
  return kOk;
}

int removeKey(const std::vector<std::string>& args) {
  int code = kOk;
  const auto offline = beginOffline(args, {}, 2, &code);
  if (!offline) return code;
  const auto& words = offline->flags.words;
  auto opened = open(offline->config, words[0]);
  if (!opened) return failed(opened.error());
  const auto gone =
      std::erase_if(opened->credentials.tlsKeys, [&](const auto& k) { return k.fingerprint == words[1]; });
  if (gone == 0) return failed({ph::Kind::NotFound, "the account has no key with this fingerprint"});
  if (auto s = accounts::writeCredentials(opened->file, opened->credentials); !s) return failed(s.error());
  std::cout << "The key is removed; connections that are logged in stay so.\n";
  return kOk;
}

}  // namespace

const Command kAccountTlskeyAdd = {"account tlskey add",
                                   "[--config FILE] [--name TEXT] [--no-preauth] NAME CERTIFICATE.pem",
                                   "Lets clients with the key of this TLS certificate log in as the account.", add};
const Command kAccountTlskeyList = {"account tlskey list", "[--config FILE] NAME",
                                    "Lists the keys of TLS certificates that may log in.", list};
const Command kAccountTlskeyRemove = {"account tlskey remove", "[--config FILE] NAME FINGERPRINT",
                                      "Takes a key away from the account.", removeKey};

}  // namespace posthouse::app
