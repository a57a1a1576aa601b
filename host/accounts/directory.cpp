#include "accounts/directory.hpp"

#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/charset/convert.hpp"

namespace posthouse::accounts {

std::string Directory::canonicalLocalpart(std::string_view localpart, const config::DomainConfig* domain) const {
  if (domain && domain->caseSensitive) return std::string(localpart);
  return ph::charset::foldCase(localpart);
}

ph::Result<Directory> Directory::build(const config::ServerConfig& config) {
  Directory d;
  d.hostname_ = config.hostname;
  d.postmaster_ = config.postmaster;
  d.catchEverything_ = config.catchEverything;
  d.domains_.insert(config.domains.begin(), config.domains.end());
  d.accounts_.insert(config.accounts.begin(), config.accounts.end());
  std::string problems;
  auto problem = [&](const config::AccountConfig& a, const std::string& text) {
    problems += (problems.empty() ? "" : "\n") + a.at.text() + ": " + text;
  };
  for (const auto& [name, account] : d.accounts_) {
    for (const auto& text : account.addresses) {
      const auto parsed = ph::address::parseAddrSpec(text);
      if (!parsed) {
        problem(account, "'" + text + "' is not an address: " + parsed.error().text);
        continue;
      }
      const auto domain = d.domains_.find(parsed->domain);
      if (domain == d.domains_.end()) {
        problem(account, "'" + text + "': the domain " + parsed->domain + " has no file in domains/");
        continue;
      }
      const std::string canonical = d.canonicalLocalpart(parsed->localpart, &domain->second) + "@" + parsed->domain;
      const auto [i, fresh] = d.addresses_.emplace(canonical, name);
      if (!fresh) problem(account, "'" + text + "' belongs to the account '" + i->second + "' already");
    }
  }
  if (!problems.empty()) return ph::Error{ph::Kind::Invalid, problems};
  return d;
}

ph::Result<Resolution> Directory::resolve(std::string_view localpart, std::string_view domainText) const {
  if (localpart.empty()) return ph::Error{ph::Kind::Invalid, "empty local part"};
  const bool postmaster = ph::charset::foldCase(localpart) == "postmaster";
  Resolution r;
  std::string domainName;
  if (domainText.empty()) {
    if (!postmaster) return ph::Error{ph::Kind::Invalid, "an address needs a domain"};
    domainName = hostname_;
  } else if (ph::address::isAddressLiteral(domainText)) {
    domainName = std::string(domainText);
  } else {
    const auto name = ph::address::normaliseDomain(domainText);
    if (!name) return name.error();
    domainName = *name;
  }
  const auto domain = domains_.find(domainName);
  const config::DomainConfig* d = domain == domains_.end() ? nullptr : &domain->second;
  r.canonical = canonicalLocalpart(localpart, d) + "@" + domainName;
  if (const auto i = addresses_.find(r.canonical); i != addresses_.end()) {
    r.kind = AddressKind::Account;
    r.account = i->second;
  } else if (d && !d->catchall.empty()) {
    r.kind = AddressKind::Account;
    r.account = d->catchall;
  } else if (postmaster && !postmaster_.empty() && (d || domainName == hostname_)) {
    r.kind = AddressKind::Account;
    r.account = postmaster_;
  } else if (!catchEverything_.empty()) {
    r.kind = AddressKind::Account;
    r.account = catchEverything_;
  } else if (d || domainName == hostname_) {
    r.kind = AddressKind::Unknown;
  }
  if (d && d->disabled) r.kind = AddressKind::Disabled;
  return r;
}

std::string Directory::accountOfLogin(std::string_view user) const {
  if (const auto parsed = ph::address::parseAddrSpec(user)) {
    const auto domain = domains_.find(parsed->domain);
    const config::DomainConfig* d = domain == domains_.end() ? nullptr : &domain->second;
    const auto i = addresses_.find(canonicalLocalpart(parsed->localpart, d) + "@" + parsed->domain);
    if (i != addresses_.end()) return i->second;
    return {};
  }
  return accounts_.contains(user) ? std::string(user) : std::string();
}

bool Directory::mayUse(std::string_view account, std::string_view localpart, std::string_view domainText) const {
  const auto name = ph::address::normaliseDomain(domainText);
  if (!name) return false;
  const auto domain = domains_.find(*name);
  if (domain == domains_.end()) return false;
  const auto i = addresses_.find(canonicalLocalpart(localpart, &domain->second) + "@" + *name);
  return i != addresses_.end() ? i->second == account : domain->second.catchall == account;
}

const config::AccountConfig* Directory::account(std::string_view name) const {
  const auto i = accounts_.find(name);
  return i == accounts_.end() ? nullptr : &i->second;
}

}  // namespace posthouse::accounts
