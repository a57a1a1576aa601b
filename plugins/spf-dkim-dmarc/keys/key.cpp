#include "keys/key.hpp"

#include <algorithm>

namespace ph_mailauth::keys {
namespace {

// One look may have met a zone that was just being loaded.
constexpr int kMisses = 2;

void enter(Key& key, State state, int64_t now) {
  key.state = state;
  key.since = now;
  key.note.clear();
}

bool isYounger(const Key& a, const Key& b) {
  return a.made != b.made ? a.made > b.made : a.id > b.id;
}

const char* problem(Sight sight) {
  return sight == Sight::Other ? "another record is published under this name" : "its record is not there any more";
}

}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::Generated:
      return "generated";
    case State::Published:
      return "published";
    case State::Signing:
      return "signing";
    case State::Retiring:
      return "retiring";
    default:
      return "retired";
  }
}

Key observed(Key key, const Look& look, const Schedule& schedule, int64_t now, bool* gone) {
  *gone = false;
  if (look.sight == Sight::Unknown) return key;  // no answer is no news
  const bool there = look.sight == Sight::There;
  key.misses = there ? 0 : key.misses + 1;
  if (there) {
    key.seen = now;
    if (key.state != State::Retired) key.note.clear();
  }
  switch (key.state) {
    case State::Generated:
      if (there) {
        enter(key, State::Published, now);
        key.ready = now + std::max<int64_t>(schedule.publishWait, look.ttl);
      } else if (look.sight == Sight::Other) {
        key.note = problem(look.sight);
      }
      break;
    case State::Published:
      // The wait begins anew: some have learned again that there is no record.
      if (!there) {
        enter(key, State::Generated, now);
        key.note = problem(look.sight);
      }
      break;
    case State::Signing:
      if (!there) key.note = problem(look.sight);
      if (!there && key.misses >= kMisses) {
        enter(key, State::Generated, now);
        key.note = problem(look.sight);
      }
      break;
    case State::Retiring:
      if (!there) key.note = problem(look.sight);
      break;
    case State::Retired:
      *gone = !there && key.misses >= kMisses;
      break;
  }
  return key;
}

std::vector<Key> settled(std::vector<Key> keys, const Schedule& schedule, int64_t now) {
  Key *signing = nullptr, *best = nullptr;
  for (Key& k : keys) {
    if (k.state == State::Signing && (!signing || isYounger(k, *signing))) signing = &k;
    if (k.state == State::Published && k.ready <= now && k.seen >= k.ready && (!best || isYounger(k, *best))) best = &k;
  }
  // Nobody can sign: the one before may again, as long as its record is there.
  if (!signing && !best) {
    for (Key& k : keys) {
      if (k.state == State::Retiring && !k.stopped && k.misses == 0 && (!best || isYounger(k, *best))) best = &k;
    }
  }
  if (best && (!signing || isYounger(*best, *signing))) {
    enter(*best, State::Signing, now);
    signing = best;
  }
  for (Key& k : keys) {
    if (&k == signing) continue;
    if (k.state == State::Signing) enter(k, State::Retiring, now);
    // What never signed, or can't any more, is not needed beside a younger one that does.
    const bool pending = k.state == State::Generated || k.state == State::Published;
    if (pending && signing && isYounger(*signing, k)) enter(k, State::Retired, now);
    if (k.state == State::Retiring && k.since + schedule.retireWait <= now) enter(k, State::Retired, now);
  }
  return keys;
}

Key stopped(Key key, int64_t now) {
  key.stopped = true;
  // What never signed leaves nothing behind. What did so before its record was lost can't be told from that, and then
  // nothing that it signed can be verified anyway.
  if (key.state == State::Signing) enter(key, State::Retiring, now);
  if (key.state == State::Generated || key.state == State::Published) enter(key, State::Retired, now);
  return key;
}

bool hasPending(const std::vector<Key>& keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [](const Key& k) { return k.state == State::Generated || k.state == State::Published; });
}

bool wantsKey(const std::vector<Key>& keys, const Schedule& schedule, int64_t now) {
  if (hasPending(keys)) return false;
  const auto signing = std::find_if(keys.begin(), keys.end(), [](const Key& k) { return k.state == State::Signing; });
  if (signing == keys.end()) return true;
  return schedule.rotateEvery > 0 && signing->made + schedule.rotateEvery <= now;
}

}  // namespace ph_mailauth::keys
