#include "accounts/directory.hpp"

#include <algorithm>

#include "accounts/directory_build.hpp"
#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/charset/convert.hpp"

namespace posthouse::accounts {

std::string fold(std::string_view localpart, const config::DomainConfig& domain) {
  if (domain.caseSensitive) return std::string(localpart);
  // Unicode promises that case folding of assigned characters never changes: what is one address stays one.
  return ph::charset::foldCase(localpart);
}

const config::DomainConfig* Directory::domain(std::string_view name) const {
  const auto i = domains_.find(name);
  return i == domains_.end() ? nullptr : &i->second;
}

bool Directory::known(const std::string& canonical) const {
  return addresses_.contains(canonical) || aliases_.contains(canonical);
}

std::string Directory::canonical(std::string_view localpart, const config::DomainConfig& domain) const {
  const auto full = [&](std::string_view part) { return fold(part, domain) + "@" + domain.name; };
  std::string whole = full(localpart);
  if (known(whole)) return whole;
  // A separator at the beginning separates nothing.
  const size_t at = localpart.find_first_of(domain.separators, 1);
  return at == std::string_view::npos ? whole : full(localpart.substr(0, at));
}

std::string Directory::returnPath(std::string_view account, std::string_view path, std::string_view id) const {
  const auto i = accounts_.find(account);
  if (i == accounts_.end() || i->second.fromIdAddresses.empty()) return {};
  const auto canonicalOf = [this](std::string_view address) -> std::string {
    const auto parsed = ph::address::parseAddrSpec(address);
    const auto found = parsed ? resolve(parsed->localpart, parsed->domain) : ph::Result<Resolution>(parsed.error());
    return found ? found->canonical : std::string();
  };
  const auto own = canonicalOf(path);
  const auto& wanted = i->second.fromIdAddresses;
  if (own.empty() || std::none_of(wanted.begin(), wanted.end(), [&](const auto& w) { return canonicalOf(w) == own; }))
    return {};
  const auto at = path.rfind('@');
  const auto name = ph::address::normaliseDomain(path.substr(at + 1));
  const auto* d = name ? domain(*name) : nullptr;
  if (!d || d->separators.empty() || path.starts_with('"')) return {};
  const auto localpart = path.substr(0, at);
  if (localpart.find_first_of(d->separators, 1) != std::string_view::npos) return std::string(path);
  return std::string(localpart) + d->separators[0] + std::string(id) + std::string(path.substr(at));
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
  const auto* d = domain(domainName);
  r.canonical = d ? canonical(localpart, *d) : ph::charset::foldCase(localpart) + "@" + domainName;
  const auto belongsTo = [&](const std::string& account) {
    r.kind = AddressKind::Account;
    r.account = account;
  };
  if (const auto i = addresses_.find(r.canonical); i != addresses_.end()) {
    belongsTo(i->second);
    if (const auto refusal = refusals_.find(r.canonical); refusal != refusals_.end()) {
      r.kind = AddressKind::Refused;
      r.code = refusal->second.code;
      r.text = refusal->second.text;
    }
  } else if (aliases_.contains(r.canonical)) {
    r.kind = AddressKind::Alias;
  } else if (d && !d->catchall.empty()) {
    belongsTo(d->catchall);
  } else if (postmaster && !postmaster_.empty() && (d || domainName == hostname_)) {
    belongsTo(postmaster_);
  } else if (!catchEverything_.empty()) {
    belongsTo(catchEverything_);
  } else if (d || domainName == hostname_) {
    r.kind = AddressKind::Unknown;
  }
  if (d && d->disabled) r.kind = AddressKind::Disabled;
  return r;
}

const Alias* Directory::alias(std::string_view canonical) const {
  const auto i = aliases_.find(canonical);
  return i == aliases_.end() ? nullptr : &i->second;
}

bool Directory::mayPost(const Alias& alias, std::string_view localpart, std::string_view domainText) const {
  if (alias.anyoneMayPost) return true;
  const auto r = resolve(localpart, domainText);
  return r && std::any_of(alias.members.begin(), alias.members.end(),
                          [&](const Alias::Member& m) { return m.canonical == r->canonical; });
}

std::string Directory::accountOfLogin(std::string_view user) const {
  if (const auto parsed = ph::address::parseAddrSpec(user)) {
    const auto* d = domain(parsed->domain);
    const auto i = d ? addresses_.find(canonical(parsed->localpart, *d)) : addresses_.end();
    return i == addresses_.end() ? std::string() : i->second;
  }
  return accounts_.contains(user) ? std::string(user) : std::string();
}

bool Directory::mayUse(std::string_view account, std::string_view localpart, std::string_view domainText) const {
  const auto name = ph::address::normaliseDomain(domainText);
  const auto* d = name && !localpart.empty() ? domain(*name) : nullptr;
  if (!d) return false;
  const std::string key = canonical(localpart, *d);
  if (const auto i = addresses_.find(key); i != addresses_.end()) return i->second == account;
  if (const Alias* a = alias(key)) {
    return a->membersMaySendAs && std::any_of(a->members.begin(), a->members.end(),
                                              [&](const Alias::Member& m) { return m.account == account; });
  }
  return d->catchall == account;
}

const config::AccountConfig* Directory::account(std::string_view name) const {
  const auto i = accounts_.find(name);
  return i == accounts_.end() ? nullptr : &i->second;
}

bool Directory::anyCramMd5() const {
  return std::any_of(accounts_.begin(), accounts_.end(), [](const auto& a) { return a.second.cramMd5; });
}

}  // namespace posthouse::accounts
