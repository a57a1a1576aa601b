#include "app/account_settings.hpp"

#include "ph/address/addr_spec.hpp"

namespace posthouse::app {

store::SettingsByAccount accountSettings(const config::ServerConfig& config) {
  store::SettingsByAccount out;
  for (const auto& [name, account] : config.accounts) {
    store::AccountSettings settings;
    settings.quota = account.quota;
    const auto& junk = account.junkFlags;
    settings.junkFlags = {junk.enabled, junk.junk, junk.neutral, junk.notJunk};
    settings.rejectsMailbox = account.rejectsMailbox;
    settings.keepRejects = account.keepRejects;
    settings.introbox = account.introbox;
    settings.keepRemoved = account.keepRemoved;
    out[name] = std::make_shared<const store::AccountSettings>(std::move(settings));
  }
  return out;
}

pipeline::Policies deliveryPolicies(const config::ServerConfig& config,
                                    std::shared_ptr<const accounts::Directory> directory) {
  pipeline::Policies out;
  out.directory = directory;
  out.canonical = [directory = std::move(directory)](const std::string& address) -> std::string {
    const auto parsed = ph::address::parseAddrSpec(address);
    if (!parsed) return address;
    const auto resolved = directory->resolve(parsed->localpart, parsed->domain);
    return resolved ? resolved->canonical : address;
  };
  for (const auto& [name, account] : config.accounts) {
    auto& policy = out.accounts[name];
    for (const auto& r : account.rules) {
      policy.rules.push_back({r.address.empty() ? "" : out.canonical(r.address), r.mailFrom, r.from, r.verifiedDomain,
                              r.headers, r.mailbox, r.isForward, r.listAllowDomain, r.acceptRejectsTo});
    }
    for (const auto& [address, mailbox] : account.mailboxes) policy.mailboxes[out.canonical(address)] = mailbox;
    policy.rejectsMailbox = account.rejectsMailbox;
    policy.introbox = account.introbox;
  }
  return out;
}

}  // namespace posthouse::app
