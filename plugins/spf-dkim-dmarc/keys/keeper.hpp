// Keeps the signing keys of all domains: makes them, looks after their records, moves them through their lives.
//
// Guarantees: every change is one transaction, and what is owed around it (secrets to remove) is done again after a
// crash. A key never signs before its record was seen for as long as others may believe it is not there; a private key
// is gone only after its last use. A lost database is made anew from the secrets.
// Threads: all from any thread; blocks for the disk and, in look(), for the network.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dkim/sign.hpp"
#include "dns/resolver.hpp"
#include "keys/key.hpp"
#include "ph/db.hpp"
#include "ph/secrets.hpp"

namespace ph_mailauth::keys {

struct Plan {
  Schedule schedule;
  std::map<std::string, int64_t> rotateEvery;  // by domain, seconds; else the schedule's
  std::vector<std::string> domains;            // those that shall have keys, A-labels
  std::vector<dkim::KeyType> types = {dkim::KeyType::Rsa, dkim::KeyType::Ed25519};

  Schedule of(const std::string& domain) const;
};

// The keys that sign for a domain, or why they can't be had.
struct Ring {
  std::vector<dkim::SigningKey> keys;
  std::string problem;
};

class Keeper {
 public:
  // Told of all keys after each change.
  using Changed = std::function<void(const std::vector<Key>&)>;

  Keeper(const ph::Host& host, Changed changed);

  // Opens the database, takes in keys that are not in it, removes what is left of retired ones. Before all else.
  ph::Status open();
  // Looks at all records and takes the steps that are due.
  ph::Status look(Resolver& resolver, const Plan& plan, int64_t now);
  // Makes a key of each type that has none pending. They sign when their records were seen for long enough.
  ph::Status renew(const std::string& domain, const Plan& plan, int64_t now);
  // No key of the domain signs any more, from now on and for ever. NotFound: it has none that might.
  ph::Status stop(const std::string& domain, int64_t now);
  ph::Result<std::vector<Key>> list();
  // Those of `domain`, or of the nearest parent that has any; never null.
  std::shared_ptr<const Ring> ring(const std::string& domain) const;

 private:
  ph::Status make(const std::string& domain, dkim::KeyType type, const std::vector<Key>& all, int64_t now);
  ph::Status adopt(const std::vector<Key>& known);
  ph::Status settle(const Plan& plan, int64_t now);
  ph::Status sweep(const std::vector<Key>& all);
  ph::Status reload();

  const ph::Host& host_;
  const ph::Secrets secrets_;
  const Changed changed_;
  std::mutex mutex_;  // of the database and of every change
  std::unique_ptr<ph::Db> db_;
  mutable std::mutex ringMutex_;
  std::map<std::string, std::shared_ptr<const Ring>> rings_;
};

// "r20261121", with a letter behind when that is taken.
std::string newSelector(dkim::KeyType type, int64_t now, const std::vector<Key>& taken, const std::string& domain);

}  // namespace ph_mailauth::keys
