#include "keys/keeper.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <set>

#include "database.hpp"
#include "dkim/record.hpp"
#include "keys/key_table.hpp"

namespace ph_mailauth::keys {
namespace {

constexpr std::string_view kPrefix = "dkim-";

std::string randomName() {
  static constexpr char kHex[] = "0123456789abcdef";
  unsigned char bytes[10];
  RAND_bytes(bytes, sizeof bytes);
  std::string out(kPrefix);
  for (const unsigned char b : bytes) {
    out += kHex[b >> 4];
    out += kHex[b & 15];
  }
  return out;
}

// A secret begins with a line "domain selector made", so that it can be understood without the database.
struct Secret {
  std::string domain, selector;
  int64_t made = 0;
  std::string pem;
};

std::string encode(const Secret& s) {
  return s.domain + " " + s.selector + " " + std::to_string(s.made) + "\n" + s.pem;
}

ph::Result<Secret> decode(std::string_view text) {
  Secret s;
  const size_t end = text.find('\n'), first = text.find(' ');
  const size_t second = first < end ? text.find(' ', first + 1) : std::string_view::npos;
  if (end == text.npos || second == text.npos || second > end) return ph::Error{ph::Kind::Invalid, "no key of ours"};
  s.domain = text.substr(0, first);
  s.selector = text.substr(first + 1, second - first - 1);
  std::from_chars(text.data() + second + 1, text.data() + end, s.made);
  s.pem = text.substr(end + 1);
  return s;
}

Look lookAt(const Key& key, Resolver& resolver) {
  const auto answer = resolver.ask(key.recordName(), ph::DnsType::Txt);
  if (answer.temporary()) return {};
  const auto published = dkim::parseRecord(key.record);
  Look look{Sight::Absent, 0};
  for (const auto& r : answer.records) {
    const auto record = dkim::parseRecord(r.value);
    if (!record) continue;
    // What else the owner says in it is his, as long as the key is ours.
    const bool ours = published && record->key == published->key && record->type == published->type;
    if (!ours) return {Sight::Other, r.ttl};
    look = {Sight::There, std::max(look.ttl, r.ttl)};
  }
  return look;
}

bool sameGroup(const Key& a, const Key& b) {
  return a.domain == b.domain && a.type == b.type;
}

}  // namespace

Schedule Plan::of(const std::string& domain) const {
  Schedule s = schedule;
  if (const auto own = rotateEvery.find(domain); own != rotateEvery.end()) s.rotateEvery = own->second;
  return s;
}

std::string newSelector(dkim::KeyType type, int64_t now, const std::vector<Key>& taken, const std::string& domain) {
  const auto t = static_cast<time_t>(now);
  tm day{};
  gmtime_r(&t, &day);
  char date[16];
  std::strftime(date, sizeof date, "%Y%m%d", &day);
  const std::string stem = (type == dkim::KeyType::Rsa ? "r" : "e") + std::string(date);
  for (int n = 0;; ++n) {
    std::string selector = stem + (n == 0    ? ""
                                   : n <= 26 ? std::string(1, static_cast<char>('a' + n - 1))
                                             : "-" + std::to_string(n));
    const auto same = [&](const Key& k) { return k.domain == domain && k.selector == selector; };
    if (std::none_of(taken.begin(), taken.end(), same)) return selector;
  }
}

Keeper::Keeper(const ph::Host& host, Changed changed) : host_(host), secrets_(host), changed_(std::move(changed)) {}

ph::Status Keeper::open() {
  const std::lock_guard lock(mutex_);
  auto db = openDatabase(host_);
  if (!db) return db.error();
  db_ = std::move(*db);
  const auto known = allKeys(*db_);
  if (!known) return known.error();
  if (auto s = adopt(*known); !s) return s;
  return reload();
}

// Keys whose rows are missing: the server was killed while it made one, or the database is new.
ph::Status Keeper::adopt(const std::vector<Key>& known) {
  const auto names = secrets_.list();
  if (!names) return names.error();
  std::set<std::string> rows;
  for (const auto& k : known) rows.insert(k.secret);
  for (const auto& name : *names) {
    if (!name.starts_with(kPrefix) || rows.contains(name)) continue;
    auto text = secrets_.get(name);
    if (!text) return text.error();
    const auto secret = decode(*text);
    const auto key = secret ? dkim::PrivateKey::fromPem(secret->pem) : ph::Result<dkim::PrivateKey>(secret.error());
    OPENSSL_cleanse(text->data(), text->size());
    if (!key) {
      host_.error("a secret is no signing key", {{"secret", name}, {"reason", key.error().text}});
      continue;
    }
    Key k;
    k.domain = secret->domain;
    k.selector = secret->selector;
    k.type = key->type();
    k.record = dkim::formatRecord(key->type(), key->publicBytes());
    k.secret = name;
    k.made = k.since = secret->made;
    if (auto s = insertKey(*db_, &k); !s) return s;
    host_.warn("a signing key was found that is not in the database", {{"domain", k.domain}, {"selector", k.selector}});
  }
  return {};
}

ph::Status Keeper::make(const std::string& domain, dkim::KeyType type, const std::vector<Key>& all, int64_t now) {
  auto key = dkim::PrivateKey::generate(type);
  if (!key) return key.error();
  Key k;
  k.domain = domain;
  k.selector = newSelector(type, now, all, domain);
  k.type = type;
  k.record = dkim::formatRecord(type, key->publicBytes());
  k.secret = randomName();
  k.made = k.since = now;
  // The secret first: a row without its key could never sign, a secret without its row is taken in at the next start.
  std::string text = encode({k.domain, k.selector, k.made, key->pem()});
  auto s = secrets_.set(k.secret, text);
  OPENSSL_cleanse(text.data(), text.size());
  if (s) s = insertKey(*db_, &k);
  if (s) host_.info("a signing key was made", {{"domain", domain}, {"selector", k.selector}, {"record", k.record}});
  return s;
}

ph::Status Keeper::renew(const std::string& domain, const Plan& plan, int64_t now) {
  const std::lock_guard lock(mutex_);
  if (!db_) return ph::Error{ph::Kind::Unavailable, "the database of keys is not open"};
  for (const auto type : plan.types) {
    const auto all = allKeys(*db_);
    if (!all) return all.error();
    std::vector<Key> group;
    for (const auto& k : *all) {
      if (k.domain == domain && k.type == type) group.push_back(k);
    }
    if (hasPending(group)) continue;
    if (auto s = make(domain, type, *all, now); !s) return s;
  }
  return reload();
}

ph::Status Keeper::stop(const std::string& domain, int64_t now) {
  const std::lock_guard lock(mutex_);
  if (!db_) return ph::Error{ph::Kind::Unavailable, "the database of keys is not open"};
  const auto s = db_->transaction([&]() -> ph::Status {
    const auto all = allKeys(*db_);
    if (!all) return all.error();
    bool any = false;
    for (const auto& k : *all) {
      if (k.domain != domain || k.stopped || k.state == State::Retired) continue;
      any = true;
      if (auto done = updateKey(*db_, stopped(k, now)); !done) return done;
    }
    return any ? ph::Status() : ph::Error{ph::Kind::NotFound, domain + " has no keys that sign or will"};
  });
  if (!s) return s;
  host_.info("the keys of a domain sign no more", {{"domain", domain}});
  return reload();
}

ph::Status Keeper::look(Resolver& resolver, const Plan& plan, int64_t now) {
  const auto before = list();
  if (!before) return before.error();
  // Nothing is locked while resolvers are asked.
  std::map<int64_t, Look> looks;
  for (const auto& k : *before) looks[k.id] = lookAt(k, resolver);

  const std::lock_guard lock(mutex_);
  const auto s = db_->transaction([&]() -> ph::Status {
    const auto current = allKeys(*db_);
    if (!current) return current.error();
    for (const auto& k : *current) {
      const auto look = looks.find(k.id);
      if (look == looks.end()) continue;
      bool gone = false;
      const Key next = observed(k, look->second, plan.of(k.domain), now, &gone);
      if (gone) {
        // Its row goes last: a secret without one would be taken for a new key.
        const auto removed = secrets_.remove(k.secret);
        gone = removed || removed.error().kind == ph::Kind::NotFound;
      }
      if (auto done = gone ? deleteKey(*db_, k.id) : updateKey(*db_, next); !done) return done;
    }
    return settle(plan, now);
  });
  if (!s) return s;
  for (const auto& domain : plan.domains) {
    for (const auto type : plan.types) {
      const auto all = allKeys(*db_);
      if (!all) return all.error();
      std::vector<Key> group;
      for (const auto& k : *all) {
        if (k.domain == domain && k.type == type) group.push_back(k);
      }
      if (!wantsKey(group, plan.of(domain), now)) continue;
      if (auto made = make(domain, type, *all, now); !made) return made;
    }
  }
  return reload();
}

ph::Status Keeper::settle(const Plan& plan, int64_t now) {
  auto all = allKeys(*db_);
  if (!all) return all.error();
  std::vector<bool> done(all->size());
  for (size_t i = 0; i < all->size(); ++i) {
    if (done[i]) continue;
    std::vector<Key> group;
    for (size_t j = i; j < all->size(); ++j) {
      if (!sameGroup((*all)[i], (*all)[j])) continue;
      done[j] = true;
      group.push_back((*all)[j]);
    }
    const auto next = settled(group, plan.of(group[0].domain), now);
    for (size_t j = 0; j < group.size(); ++j) {
      if (next[j] == group[j]) continue;
      if (auto s = updateKey(*db_, next[j]); !s) return s;
      host_.info("a signing key enters another state",
                 {{"domain", next[j].domain}, {"selector", next[j].selector}, {"state", name(next[j].state)}});
    }
  }
  return {};
}

ph::Status Keeper::sweep(const std::vector<Key>& all) {
  for (const auto& k : all) {
    if (k.state != State::Retired && !k.stopped) continue;
    const auto s = secrets_.remove(k.secret);
    if (!s && s.error().kind != ph::Kind::NotFound) return s;
  }
  return {};
}

// What the database says becomes what signs.
ph::Status Keeper::reload() {
  const auto all = allKeys(*db_);
  if (!all) return all.error();
  std::map<std::string, std::shared_ptr<Ring>> rings;
  for (const auto& k : *all) {
    auto& ring = rings[k.domain];
    if (!ring) ring = std::make_shared<Ring>();
    if (k.state != State::Signing) continue;
    auto text = secrets_.get(k.secret);
    // A disk in trouble: what signs goes on signing.
    if (!text && text.error().kind != ph::Kind::NotFound) return text.error();
    const auto secret = text ? decode(*text) : ph::Result<Secret>(text.error());
    auto key = secret ? dkim::PrivateKey::fromPem(secret->pem) : ph::Result<dkim::PrivateKey>(secret.error());
    if (text) OPENSSL_cleanse(text->data(), text->size());
    if (key) {
      ring->keys.push_back({k.domain, k.selector, std::move(*key)});
      continue;
    }
    ring->problem = "the key " + k.selector + " can't be read: " + key.error().text;
    host_.error("a signing key can't be read",
                {{"domain", k.domain}, {"selector", k.selector}, {"reason", key.error().text}});
  }
  {
    const std::lock_guard lock(ringMutex_);
    rings_.clear();
    for (auto& [domain, ring] : rings) rings_.emplace(domain, std::move(ring));
  }
  changed_(*all);
  return sweep(*all);
}

ph::Result<std::vector<Key>> Keeper::list() {
  const std::lock_guard lock(mutex_);
  if (!db_) return ph::Error{ph::Kind::Unavailable, "the database of keys is not open"};
  return allKeys(*db_);
}

std::shared_ptr<const Ring> Keeper::ring(const std::string& domain) const {
  static const auto kNone = std::make_shared<const Ring>();
  const std::lock_guard lock(ringMutex_);
  for (std::string name = domain;;) {
    // One whose keys all wait for their records has nothing to sign with.
    const auto found = rings_.find(name);
    if (found != rings_.end() && (!found->second->keys.empty() || !found->second->problem.empty()))
      return found->second;
    const size_t dot = name.find('.');
    if (dot == std::string::npos) return kNone;
    name.erase(0, dot + 1);
  }
}

}  // namespace ph_mailauth::keys
