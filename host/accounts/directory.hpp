// Who has which address: an immutable index of the configured domains, accounts and addresses.
// Two spellings of one address (case, IDNA form, quoting) resolve alike; an address of two accounts is refused at load.
// Threads: immutable after build; share it through a shared_ptr.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/server.hpp"
#include "ph/result.hpp"

namespace posthouse::accounts {

enum class AddressKind { Foreign = 0, Unknown = 1, Account = 2, Disabled = 3 };

struct Resolution {
  AddressKind kind = AddressKind::Foreign;
  std::string account;
  std::string canonical;  // equal for all spellings of one address
};

class Directory {
 public:
  static ph::Result<Directory> build(const config::ServerConfig& config);

  // `localpart` unquoted UTF-8; `domain` in U- or A-labels, or an address literal. An empty domain is only for the bare
  // "postmaster" of RFC 5321 4.5.1.
  ph::Result<Resolution> resolve(std::string_view localpart, std::string_view domain) const;

  // The account a login name means: an address of the account, or its name. Empty: none.
  std::string accountOfLogin(std::string_view user) const;
  // Its own addresses, and those of a domain it is the catchall of; never what only catch_everything brings it.
  bool mayUse(std::string_view account, std::string_view localpart, std::string_view domain) const;
  const config::AccountConfig* account(std::string_view name) const;
  const std::map<std::string, config::AccountConfig, std::less<>>& accounts() const { return accounts_; }

 private:
  std::string canonicalLocalpart(std::string_view localpart, const config::DomainConfig* domain) const;

  std::string hostname_;
  std::string postmaster_;
  std::string catchEverything_;
  std::map<std::string, config::DomainConfig, std::less<>> domains_;
  std::map<std::string, config::AccountConfig, std::less<>> accounts_;
  std::unordered_map<std::string, std::string> addresses_;  // canonical -> account
};

}  // namespace posthouse::accounts
