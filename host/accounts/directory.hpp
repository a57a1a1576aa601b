// Who has which address: an immutable index of the configured domains, accounts and addresses.
// Two spellings of one address (case, IDNA form, quoting, what follows a separator) resolve alike; addresses that would
// become one are refused at load.
// Threads: immutable after build; share it through a shared_ptr.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/server.hpp"
#include "ph/result.hpp"

namespace posthouse::accounts {

enum class AddressKind { Foreign = 0, Unknown = 1, Account = 2, Disabled = 3, Alias = 4, Refused = 5 };

struct Resolution {
  AddressKind kind = AddressKind::Foreign;
  std::string account;    // also of a Disabled or Refused address; empty for an alias
  std::string canonical;  // equal for all spellings of one address; the alias's key
  int code = 0;           // Refused: the SMTP code
  std::string text;       // Refused
};

struct Alias {
  struct Member {
    std::string canonical;  // the address
    std::string account;
  };
  std::vector<Member> members;
  bool anyoneMayPost = false;
  bool listMembers = false;
  bool membersMaySendAs = false;
};

class Directory {
 public:
  static ph::Result<Directory> build(const config::ServerConfig& config);

  // `localpart` unquoted UTF-8; `domain` in U- or A-labels, or an address literal. An empty domain is only for the bare
  // "postmaster" of RFC 5321 4.5.1.
  ph::Result<Resolution> resolve(std::string_view localpart, std::string_view domain) const;

  // The account a login name means: an address of the account, or its name. Empty: none.
  std::string accountOfLogin(std::string_view user) const;
  // The alias that `canonical` of a Resolution of that kind names.
  const Alias* alias(std::string_view canonical) const;
  // Whether an author with this address may post to the alias.
  bool mayPost(const Alias& alias, std::string_view localpart, std::string_view domain) const;
  // Its own addresses, those of a domain it is the catchall of, and aliases that let their members; never what only
  // catch_everything brings it.
  bool mayUse(std::string_view account, std::string_view localpart, std::string_view domain) const;
  // The reverse-path that mail of the account from `path` has for one recipient, known again by `id`; empty: the
  // account wants none for this address, or there is no place for one. When `path` has something behind a separator
  // already, that is the id.
  std::string returnPath(std::string_view account, std::string_view path, std::string_view id) const;
  const config::AccountConfig* account(std::string_view name) const;
  // Whether any account offers CRAM-MD5.
  bool anyCramMd5() const;
  const std::map<std::string, config::AccountConfig, std::less<>>& accounts() const { return accounts_; }

 private:
  struct Refusal {
    int code;
    std::string text;
  };
  struct Builder;
  const config::DomainConfig* domain(std::string_view name) const;
  // The key under which addresses_ or aliases_ may have it: as it is, else without what follows a separator.
  std::string canonical(std::string_view localpart, const config::DomainConfig& domain) const;
  bool known(const std::string& canonical) const;

  std::string hostname_;
  std::string postmaster_;
  std::string catchEverything_;
  std::map<std::string, config::DomainConfig, std::less<>> domains_;
  std::map<std::string, config::AccountConfig, std::less<>> accounts_;
  std::map<std::string, std::string, std::less<>> addresses_;  // canonical -> account
  std::map<std::string, Alias, std::less<>> aliases_;          // canonical -> alias
  std::map<std::string, Refusal, std::less<>> refusals_;       // canonical -> what its senders are told
};

}  // namespace posthouse::accounts
