// Signs mail that leaves, with the keys of its author's domain; looks after those keys once in a while.
// Threads: sign() on workers, many at once; start() on the control thread. RFC 6376 5.
#pragma once

#include <atomic>
#include <set>
#include <string>

#include "keys/keeper.hpp"
#include "ph/domain_records.hpp"
#include "ph/signer.hpp"
#include "settings.hpp"

namespace ph_mailauth::keys {

class MailSigner {
 public:
  MailSigner(const ph::Host& host, const SettingsBox& settings);
  // Without ph.signer/1, ph.db/1 or ph.secrets/1 nothing is signed.
  ph::Status start();

  Keeper& keeper() { return keeper_; }
  Plan plan() const { return settings_.get()->dkim.plan; }
  // Looks at the records of all keys now; those that were not answered for by then count as not looked at.
  ph::Status look(uint32_t budgetMs);
  ph::Status renew(const std::string& domain);
  // Keeper::stop. Conflict: the configuration wants it signed.
  ph::Status stop(const std::string& domain);

 private:
  ph::Result<std::string> sign(const ph_signing& what) const;
  void publish(const std::vector<Key>& all);

  const ph::Host& host_;
  const SettingsBox& settings_;
  const ph::DomainRecords records_;
  std::set<std::string> shown_;  // domains with records that are shown; only changed with the keeper's lock held
  Keeper keeper_;
  ph::Signer signer_;
  std::atomic<bool> open_{false};
};

// The DNS records of one domain's keys, as they are to be published.
std::vector<ph::DomainRecord> recordsOf(const std::string& domain, const std::vector<Key>& all);

}  // namespace ph_mailauth::keys
