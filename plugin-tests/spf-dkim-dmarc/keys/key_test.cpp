// A key's life, step by step: what each look at its record makes of it, and which of several signs.
#include <cppunit/extensions/HelperMacros.h>

#include "keys/key.hpp"

namespace ph_mailauth::keys {
namespace {

constexpr int64_t kNow = 1'000'000;

Key key(int64_t id, State state, int64_t since = kNow, int64_t ready = 0) {
  Key k;
  k.id = id;
  k.made = id;
  k.state = state;
  k.since = since;
  k.ready = ready;
  k.seen = ready;
  return k;
}

std::string states(const std::vector<Key>& keys) {
  std::string out;
  for (const auto& k : keys) out += std::string(out.empty() ? "" : " ") + std::string(name(k.state));
  return out;
}

class KeyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(KeyTest);
  CPPUNIT_TEST(looks);
  CPPUNIT_TEST(waitsForTheRecord);
  CPPUNIT_TEST(notes);
  CPPUNIT_TEST(several);
  CPPUNIT_TEST(making);
  CPPUNIT_TEST_SUITE_END();

  // State, what is seen again and again, and the states after each look.
  void looks() {
    const struct {
      State state;
      Sight sight;
      const char *once, *twice;
    } kTable[] = {
        {State::Generated, Sight::There, "published", "published"},
        {State::Generated, Sight::Absent, "generated", "generated"},
        {State::Generated, Sight::Other, "generated", "generated"},
        {State::Generated, Sight::Unknown, "generated", "generated"},
        {State::Published, Sight::There, "published", "published"},
        {State::Published, Sight::Absent, "generated", "generated"},
        {State::Published, Sight::Other, "generated", "generated"},
        {State::Published, Sight::Unknown, "published", "published"},
        {State::Signing, Sight::There, "signing", "signing"},
        {State::Signing, Sight::Absent, "signing", "generated"},
        {State::Signing, Sight::Other, "signing", "generated"},
        {State::Signing, Sight::Unknown, "signing", "signing"},
        {State::Retiring, Sight::There, "retiring", "retiring"},
        {State::Retiring, Sight::Absent, "retiring", "retiring"},
        {State::Retiring, Sight::Unknown, "retiring", "retiring"},
        {State::Retired, Sight::There, "retired", "retired"},
        {State::Retired, Sight::Absent, "retired", "gone"},
        {State::Retired, Sight::Unknown, "retired", "retired"},
    };
    for (const auto& c : kTable) {
      const std::string where = std::string(name(c.state)) + " " + std::to_string(static_cast<int>(c.sight));
      bool gone = false;
      const Key once = observed(key(1, c.state), {c.sight, 0}, {}, kNow + 1, &gone);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, std::string(c.once), gone ? "gone" : std::string(name(once.state)));
      const Key twice = observed(once, {c.sight, 0}, {}, kNow + 2, &gone);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, std::string(c.twice), gone ? "gone" : std::string(name(twice.state)));
    }
  }

  void waitsForTheRecord() {
    Schedule s;
    s.publishWait = 100;
    bool gone = false;
    Key k = observed(key(1, State::Generated), {Sight::There, 50}, s, kNow, &gone);
    CPPUNIT_ASSERT_EQUAL(kNow + 100, k.ready);
    CPPUNIT_ASSERT_EQUAL(kNow + 300, observed(key(1, State::Generated), {Sight::There, 300}, s, kNow, &gone).ready);
    // The time alone is not enough: it must have been seen when it was over.
    CPPUNIT_ASSERT_EQUAL(std::string("published"), states(settled({k}, s, kNow + 99)));
    CPPUNIT_ASSERT_EQUAL(std::string("published"), states(settled({k}, s, kNow + 1000)));
    k = observed(k, {Sight::Unknown, 0}, s, kNow + 1000, &gone);
    CPPUNIT_ASSERT_EQUAL(std::string("published"), states(settled({k}, s, kNow + 1000)));
    k = observed(k, {Sight::There, 50}, s, kNow + 1001, &gone);
    CPPUNIT_ASSERT_EQUAL(std::string("signing"), states(settled({k}, s, kNow + 1001)));
    // A record that goes and comes begins anew.
    k = observed(key(1, State::Published, kNow, kNow + 10), {Sight::Absent, 0}, s, kNow + 9, &gone);
    k = observed(k, {Sight::There, 0}, s, kNow + 20, &gone);
    CPPUNIT_ASSERT_EQUAL(kNow + 120, k.ready);
  }

  void notes() {
    bool gone = false;
    Key k = observed(key(1, State::Signing), {Sight::Absent, 0}, {}, kNow, &gone);
    CPPUNIT_ASSERT_EQUAL(std::string("its record is not there any more"), k.note);
    k = observed(k, {Sight::There, 0}, {}, kNow, &gone);
    CPPUNIT_ASSERT(k.note.empty() && k.misses == 0);
    k = observed(key(1, State::Generated), {Sight::Other, 0}, {}, kNow, &gone);
    CPPUNIT_ASSERT_EQUAL(std::string("another record is published under this name"), k.note);
    k = observed(key(1, State::Generated), {Sight::Absent, 0}, {}, kNow, &gone);
    CPPUNIT_ASSERT(k.note.empty());
  }

  void several() {
    const Schedule s;
    const auto ready = [](int64_t id) { return key(id, State::Published, kNow, kNow); };
    Key missed = key(1, State::Retiring);
    missed.misses = 1;
    const struct {
      std::vector<Key> before;
      const char* after;
    } kTable[] = {
        {{}, ""},
        {{key(1, State::Signing)}, "signing"},
        {{key(1, State::Signing), key(2, State::Generated)}, "signing generated"},
        {{key(1, State::Signing), ready(2)}, "retiring signing"},
        {{ready(1), ready(2)}, "retired signing"},
        {{key(1, State::Generated), ready(2)}, "retired signing"},
        {{key(1, State::Signing), ready(2), ready(3)}, "retiring retired signing"},
        // What a crash can't leave behind: settled all the same.
        {{key(1, State::Signing), key(2, State::Signing)}, "retiring signing"},
        // An older one never takes over.
        {{ready(1), key(2, State::Signing)}, "retired signing"},
        // The record of the younger has vanished: the older one signs again while it can.
        {{key(1, State::Retiring), key(2, State::Generated)}, "signing generated"},
        {{missed, key(2, State::Generated)}, "retiring generated"},
        {{key(1, State::Retiring), key(2, State::Retiring), key(3, State::Generated)}, "retiring signing generated"},
        {{key(1, State::Retiring, kNow - s.retireWait), key(2, State::Signing)}, "retired signing"},
        {{key(1, State::Retiring, kNow - s.retireWait + 1), key(2, State::Signing)}, "retiring signing"},
        {{key(1, State::Retired), key(2, State::Generated)}, "retired generated"},
    };
    for (const auto& c : kTable) {
      const auto after = settled(c.before, s, kNow);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(states(c.before), std::string(c.after), states(after));
      // Once is enough.
      CPPUNIT_ASSERT(after == settled(after, s, kNow));
    }
  }

  void making() {
    Schedule never, monthly;
    monthly.rotateEvery = 30 * 86400;
    Key old = key(1, State::Signing);
    old.made = kNow - 30 * 86400;
    CPPUNIT_ASSERT(wantsKey({}, never, kNow));
    CPPUNIT_ASSERT(!wantsKey({key(1, State::Generated)}, never, kNow));
    CPPUNIT_ASSERT(!wantsKey({old}, never, kNow));
    CPPUNIT_ASSERT(wantsKey({old}, monthly, kNow));
    CPPUNIT_ASSERT(!wantsKey({old}, monthly, kNow - 1));
    CPPUNIT_ASSERT(!wantsKey({old, key(2, State::Published)}, monthly, kNow));
    CPPUNIT_ASSERT(wantsKey({key(1, State::Retired)}, never, kNow));
    CPPUNIT_ASSERT(wantsKey({key(1, State::Retiring)}, never, kNow));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyTest);

}  // namespace
}  // namespace ph_mailauth::keys
