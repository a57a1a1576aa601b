// A signing key in its life, and what becomes of it next. RFC 6376 3.1.
//
//   generated -> published -> signing -> retiring -> retired
//
// generated: made, its record is to be published. published: resolvers see the record; others may still know that it
// was not there, so it waits. signing. retiring: signs no more, but mail it signed is on its way and its record must
// stay. retired: the private key is gone, the record may go. Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dkim/algorithm.hpp"

namespace ph_mailauth::keys {

enum class State { Generated, Published, Signing, Retiring, Retired };

std::string_view name(State state);

struct Key {
  int64_t id = 0;
  std::string domain;
  std::string selector;
  dkim::KeyType type = dkim::KeyType::Rsa;
  State state = State::Generated;
  std::string record;    // the text to publish
  std::string secret;    // the name of the private key's secret
  int64_t made = 0;      // times are Unix seconds
  int64_t since = 0;     // when its state began
  int64_t ready = 0;     // published: when it may sign
  int64_t seen = 0;      // when the record was there last
  int misses = 0;        // so many looks in a row since then have not found it
  bool stopped = false;  // by an admin: never signs again
  std::string note;      // what the admin should know

  std::string recordName() const { return selector + "._domainkey." + domain; }
  bool operator==(const Key&) const = default;
};

// What resolvers say of a key's record.
enum class Sight { There, Absent, Other, Unknown };
struct Look {
  Sight sight = Sight::Unknown;
  uint32_t ttl = 0;
};

struct Schedule {
  int64_t publishWait = 3 * 3600;  // how long others may believe that there is no record (RFC 2308 5)
  int64_t retireWait = 8 * 86400;  // how long signed mail may be on its way
  int64_t rotateEvery = 0;         // 0: never by itself
};

// What one look at its record makes of a key, by itself. `*gone`: a retired key whose record is gone, too.
Key observed(Key key, const Look& look, const Schedule& schedule, int64_t now, bool* gone);

// What the keys of one domain and type become together: at most one signs, and one does as long as one can.
std::vector<Key> settled(std::vector<Key> keys, const Schedule& schedule, int64_t now);

// It never signs again; its record stays as long as mail that it signed may be on its way.
Key stopped(Key key, int64_t now);

// Whether it is time to make another one.
bool wantsKey(const std::vector<Key>& keys, const Schedule& schedule, int64_t now);
// Whether one has been made that does not sign yet.
bool hasPending(const std::vector<Key>& keys);

}  // namespace ph_mailauth::keys
