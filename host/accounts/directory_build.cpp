// Building the index, and saying what is wrong with the configuration.
#include "accounts/directory_build.hpp"

#include "ph/address/addr_spec.hpp"

namespace posthouse::accounts {

ph::Result<Directory> Directory::build(const config::ServerConfig& config) {
  Directory d;
  d.hostname_ = config.hostname;
  d.postmaster_ = config.postmaster;
  d.catchEverything_ = config.catchEverything;
  d.domains_.insert(config.domains.begin(), config.domains.end());
  d.accounts_.insert(config.accounts.begin(), config.accounts.end());
  Builder b{d, {}};
  for (const auto& [name, account] : d.accounts_) b.account(name, account);
  for (const auto& [name, domain] : d.domains_) {
    for (const auto& alias : domain.aliases) b.alias(domain, alias);
  }
  for (const auto& [name, domain] : d.domains_) {
    for (const auto& alias : domain.aliases) b.members(domain, alias);
  }
  if (!b.problems.empty()) return ph::Error{ph::Kind::Invalid, b.problems};
  return d;
}

void Directory::Builder::problem(const config::Position& at, const std::string& text) {
  problems += (problems.empty() ? "" : "\n") + at.text() + ": " + text;
}

std::string Directory::Builder::key(const std::string& text, const config::Position& at) {
  const auto parsed = ph::address::parseAddrSpec(text);
  if (!parsed) {
    problem(at, "'" + text + "' is not an address: " + parsed.error().text);
    return {};
  }
  const auto* domain = d.domain(parsed->domain);
  if (!domain) {
    problem(at, "'" + text + "': the domain " + parsed->domain + " has no file in domains/");
    return {};
  }
  return fold(parsed->localpart, *domain) + "@" + parsed->domain;
}

void Directory::Builder::account(const std::string& name, const config::AccountConfig& account) {
  for (const auto& text : account.addresses) {
    const std::string canonical = key(text, account.at);
    if (canonical.empty()) continue;
    const auto [i, fresh] = d.addresses_.emplace(canonical, name);
    if (!fresh && i->second == name) problem(account.at, "'" + text + "' is there twice");
    if (!fresh && i->second != name) {
      problem(account.at, "'" + text + "' belongs to the account '" + i->second + "' already");
    }
  }
  for (const auto& refused : account.refused) {
    const std::string canonical = key(refused.address, refused.at);
    if (canonical.empty()) continue;
    const auto i = d.addresses_.find(canonical);
    if (i == d.addresses_.end() || i->second != name) {
      problem(refused.at, "'" + refused.address + "' is not in the addresses of this account");
    } else {
      d.refusals_.insert_or_assign(canonical, Refusal{refused.code, refused.text});
    }
  }
}

void Directory::Builder::alias(const config::DomainConfig& domain, const config::AliasConfig& alias) {
  const auto parsed = ph::address::parseAddrSpec(alias.localpart + "@" + domain.name);
  if (!parsed) {
    return problem(alias.at, "'" + alias.localpart + "' can't be a local part: " + parsed.error().text);
  }
  const std::string canonical = fold(parsed->localpart, domain) + "@" + domain.name;
  if (const auto i = d.addresses_.find(canonical); i != d.addresses_.end()) {
    return problem(alias.at, "'" + canonical + "' belongs to the account '" + i->second + "' already");
  }
  const Alias made{{}, alias.anyoneMayPost, alias.listMembers, alias.membersMaySendAs};
  if (!d.aliases_.emplace(canonical, made).second) problem(alias.at, "'" + canonical + "' is an alias already");
}

void Directory::Builder::members(const config::DomainConfig& domain, const config::AliasConfig& alias) {
  const auto parsed = ph::address::parseAddrSpec(alias.localpart + "@" + domain.name);
  if (!parsed) return;
  const auto found = d.aliases_.find(fold(parsed->localpart, domain) + "@" + domain.name);
  if (found == d.aliases_.end()) return;
  if (alias.members.empty()) problem(alias.at, "an alias needs members");
  for (const auto& text : alias.members) {
    const std::string canonical = key(text, alias.at);
    if (canonical.empty()) continue;
    const auto i = d.addresses_.find(canonical);
    if (i == d.addresses_.end()) {
      problem(alias.at, "'" + text + "' is no address of an account");
    } else {
      found->second.members.push_back({canonical, i->second});
    }
  }
}

}  // namespace posthouse::accounts
