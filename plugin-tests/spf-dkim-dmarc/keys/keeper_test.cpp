// The keys of a domain over months: a clock, a zone and an admin who publishes when he feels like it; killed at every
// single touch of the disk, and started again. What is signed must verify with what others see.
#include <cppunit/extensions/HelperMacros.h>

#include <set>

#include "dkim/record.hpp"
#include "keys/keeper.hpp"
#include "testkit/fake_host.hpp"

namespace ph_mailauth::keys {
namespace {

constexpr int64_t kStart = 1'800'000'000, kHour = 3600, kDay = 86400;

// The zone, and since when the world knows what is in it.
class World final : public Resolver {
 public:
  std::map<std::string, std::string> zone;  // name -> record
  std::map<std::string, int64_t> since;
  bool silent = false;

  ph::DnsAnswer ask(std::string_view name, ph::DnsType) override {
    ph::DnsAnswer a;
    if (silent) return a;
    const auto found = zone.find(std::string(name));
    a.outcome = found == zone.end() ? ph::DnsAnswer::Outcome::NoName : ph::DnsAnswer::Outcome::Found;
    if (found != zone.end()) a.records.push_back({0, 300, found->second, 0, 0});
    return a;
  }
  void publish(const Key& k, int64_t now) {
    if (zone.emplace(k.recordName(), k.record).second) since[k.recordName()] = now;
  }
  void remove(const Key& k) {
    zone.erase(k.recordName());
    since.erase(k.recordName());
  }
};

struct House {
  ph::testkit::FakeHost fake;
  ph::Host host{&fake.raw};
  World world;
  Plan plan;
  std::unique_ptr<Keeper> keeper;
  std::vector<Key> told;
  int64_t now = kStart;

  House() {
    plan.types = {dkim::KeyType::Ed25519};  // quickly made
    plan.domains = {"a.example"};
  }
  ph::Status start() {
    keeper = std::make_unique<Keeper>(host, [this](const std::vector<Key>& all) { told = all; });
    return keeper->open();
  }
  ph::Status look() { return keeper->look(world, plan, now); }
  std::string states() {
    std::string out;
    const auto all = keeper->list();
    for (const auto& k : *all) out += std::string(out.empty() ? "" : " ") + std::string(name(k.state));
    return out;
  }
  std::vector<Key> keys() { return *keeper->list(); }
  void publishAll() {
    for (const auto& k : keys()) {
      if (k.state != State::Retired) world.publish(k, now);
    }
  }
  std::vector<std::string> signers(const std::string& domain = "a.example") {
    std::vector<std::string> out;
    for (const auto& k : keeper->ring(domain)->keys) out.push_back(k.selector);
    return out;
  }
};

class KeeperTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(KeeperTest);
  CPPUNIT_TEST(aLife);
  CPPUNIT_TEST(restartsChangeNothing);
  CPPUNIT_TEST(vanished);
  CPPUNIT_TEST(twoAtOnce);
  CPPUNIT_TEST(parents);
  CPPUNIT_TEST(stopped);
  CPPUNIT_TEST(lostDatabase);
  CPPUNIT_TEST(lostSecret);
  CPPUNIT_TEST(selectors);
  CPPUNIT_TEST(killedAnywhere);
  CPPUNIT_TEST_SUITE_END();

  void aLife() {
    House h;
    CPPUNIT_ASSERT(h.start().ok());
    CPPUNIT_ASSERT_EQUAL(std::string(), h.states());
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("generated"), h.states());
    CPPUNIT_ASSERT(h.signers().empty());
    h.now += kDay;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("generated"), h.states());
    h.publishAll();
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("published"), h.states());
    h.now += 3 * kHour - 1;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("published"), h.states());
    ++h.now;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing"), h.states());
    CPPUNIT_ASSERT_EQUAL(std::string("e20270115"), h.signers().at(0));
    // No rotation unless wanted.
    h.now += 400 * kDay;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing"), h.states());
    h.plan.rotateEvery["a.example"] = 90 * kDay;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing generated"), h.states());
    h.publishAll();
    CPPUNIT_ASSERT(h.look().ok());
    h.now += 3 * kHour;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("retiring signing"), h.states());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.signers().size());
    CPPUNIT_ASSERT_EQUAL(h.keys()[1].selector, h.signers()[0]);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, h.fake.secrets.values.size());
    h.now += 8 * kDay;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("retired signing"), h.states());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.fake.secrets.values.size());
    // It is listed until its record is gone.
    h.world.remove(h.keys()[0]);
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing"), h.states());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.told.size());
  }

  void restartsChangeNothing() {
    House h;
    for (int i = 0; i < 20; ++i) {
      CPPUNIT_ASSERT(h.start().ok());
      CPPUNIT_ASSERT(h.look().ok());
      h.publishAll();
      h.now += kHour;
    }
    CPPUNIT_ASSERT(h.start().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing"), h.states());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.signers().size());
  }

  // From generated to signing.
  static void settle(House& h) {
    CPPUNIT_ASSERT(h.look().ok());
    h.publishAll();
    CPPUNIT_ASSERT(h.look().ok());
    h.now += 3 * kHour;
    CPPUNIT_ASSERT(h.look().ok());
  }

  void vanished() {
    House h;
    CPPUNIT_ASSERT(h.start().ok());
    settle(h);
    CPPUNIT_ASSERT(h.keeper->renew("a.example", h.plan, h.now).ok());
    settle(h);
    CPPUNIT_ASSERT_EQUAL(std::string("retiring signing"), h.states());
    // Resolvers that do not answer change nothing.
    h.world.silent = true;
    h.now += kDay;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("retiring signing"), h.states());
    h.world.silent = false;
    const Key young = h.keys()[1];
    h.world.remove(young);
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("retiring signing"), h.states());
    CPPUNIT_ASSERT(!h.keys()[1].note.empty());
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing generated"), h.states());
    CPPUNIT_ASSERT_EQUAL(h.keys()[0].selector, h.signers().at(0));
    // And with both gone nothing is signed, for nobody could verify it.
    h.world.remove(h.keys()[0]);
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT(h.signers().empty());
    h.publishAll();
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT(h.signers().empty());
    h.now += 3 * kHour;
    CPPUNIT_ASSERT(h.look().ok());
    CPPUNIT_ASSERT_EQUAL(young.selector, h.signers().at(0));
  }

  void twoAtOnce() {
    House h;
    CPPUNIT_ASSERT(h.start().ok());
    settle(h);
    // Asking twice makes one; a key of each type is its own matter.
    CPPUNIT_ASSERT(h.keeper->renew("a.example", h.plan, h.now).ok());
    CPPUNIT_ASSERT(h.keeper->renew("a.example", h.plan, h.now).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing generated"), h.states());
    h.plan.types = {dkim::KeyType::Ed25519, dkim::KeyType::Rsa};
    CPPUNIT_ASSERT(h.keeper->renew("a.example", h.plan, h.now).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing generated generated"), h.states());
    settle(h);
    CPPUNIT_ASSERT_EQUAL(std::string("retiring signing signing"), h.states());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, h.signers().size());
  }

  void parents() {
    House h;
    CPPUNIT_ASSERT(h.start().ok());
    settle(h);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.signers("mail.sub.a.example").size());
    CPPUNIT_ASSERT(h.signers("b.example").empty());
    CPPUNIT_ASSERT(h.signers("xa.example").empty());
    // A domain whose own keys do not sign yet has its parent's.
    CPPUNIT_ASSERT(h.keeper->renew("sub.a.example", h.plan, h.now).ok());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.signers("sub.a.example").size());
  }

  void stopped() {
    House h;
    CPPUNIT_ASSERT(h.start().ok());
    CPPUNIT_ASSERT(h.keeper->stop("a.example", h.now).error().kind == ph::Kind::NotFound);
    settle(h);
    CPPUNIT_ASSERT(h.keeper->renew("a.example", h.plan, h.now).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("signing generated"), h.states());
    h.plan.domains.clear();
    CPPUNIT_ASSERT(h.keeper->stop("a.example", h.now).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("retiring retired"), h.states());
    CPPUNIT_ASSERT(h.signers().empty());
    CPPUNIT_ASSERT(h.fake.secrets.values.empty());
    // For ever, although its record is there and nobody else signs; also after a restart, or without the database.
    for (int i = 0; i < 3; ++i) {
      CPPUNIT_ASSERT(h.look().ok());
      CPPUNIT_ASSERT(h.signers().empty());
      CPPUNIT_ASSERT(h.start().ok());
    }
    CPPUNIT_ASSERT(h.keeper->stop("a.example", h.now).error().kind == ph::Kind::NotFound);
    h.now += 8 * kDay;
    CPPUNIT_ASSERT(h.look().ok());
    // What never signed is forgotten already.
    CPPUNIT_ASSERT_EQUAL(std::string("retired"), h.states());
    // Another time begins with another key.
    CPPUNIT_ASSERT(h.keeper->renew("a.example", h.plan, h.now).ok());
    settle(h);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.signers().size());
  }

  void lostDatabase() {
    House h;
    CPPUNIT_ASSERT(h.start().ok());
    settle(h);
    const auto before = h.keys();
    h.fake.databases.ask("DELETE FROM keys");
    CPPUNIT_ASSERT(h.start().ok());
    CPPUNIT_ASSERT_EQUAL(std::string("generated"), h.states());
    CPPUNIT_ASSERT_EQUAL(before[0].selector, h.keys()[0].selector);
    CPPUNIT_ASSERT_EQUAL(before[0].record, h.keys()[0].record);
    settle(h);
    CPPUNIT_ASSERT_EQUAL(std::string("signing"), h.states());
    CPPUNIT_ASSERT_EQUAL(before[0].selector, h.signers().at(0));
  }

  void lostSecret() {
    House h;
    CPPUNIT_ASSERT(h.start().ok());
    settle(h);
    h.fake.secrets.values.begin()->second = "nonsense";
    CPPUNIT_ASSERT(h.start().ok());
    CPPUNIT_ASSERT(h.keeper->ring("a.example")->keys.empty());
    CPPUNIT_ASSERT(!h.keeper->ring("a.example")->problem.empty());
    // A new key helps.
    CPPUNIT_ASSERT(h.keeper->renew("a.example", h.plan, h.now).ok());
    settle(h);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, h.signers().size());
  }

  void selectors() {
    std::vector<Key> taken;
    std::set<std::string> all;
    for (int i = 0; i < 40; ++i) {
      Key k;
      k.domain = "a.example";
      k.selector = newSelector(dkim::KeyType::Rsa, kStart, taken, k.domain);
      CPPUNIT_ASSERT(all.insert(k.selector).second);
      taken.push_back(k);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("r20270115"), taken[0].selector);
    CPPUNIT_ASSERT_EQUAL(std::string("r20270115a"), taken[1].selector);
    CPPUNIT_ASSERT_EQUAL(std::string("r20270115"), newSelector(dkim::KeyType::Rsa, kStart, taken, "b.example"));
  }

  // The promise to mail: whoever signs is known to the world for long enough, and once somebody signs, somebody does.
  static void check(House& h, bool* signedOnce, const std::string& where) {
    const auto ring = h.keeper->ring("a.example");
    CPPUNIT_ASSERT_MESSAGE(where, ring->problem.empty());
    CPPUNIT_ASSERT_MESSAGE(where, ring->keys.size() <= 1);
    for (const auto& k : ring->keys) {
      const std::string name = k.selector + "._domainkey." + k.domain;
      CPPUNIT_ASSERT_MESSAGE(where, h.world.zone.contains(name));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, h.world.zone[name], dkim::formatRecord(k.key.type(), k.key.publicBytes()));
      CPPUNIT_ASSERT_MESSAGE(where, h.world.since[name] + 3 * kHour <= h.now);
      *signedOnce = true;
    }
    CPPUNIT_ASSERT_MESSAGE(where + ": nobody signs", !*signedOnce || !ring->keys.empty());
  }

  void killedAnywhere() {
    int cuts = 0;
    for (int at = 1;; ++at) {
      House h;
      h.plan.schedule.rotateEvery = 30 * kDay;
      int left = at;
      bool cut = false, armed = false;
      const auto before = [&]() -> ph_status {
        if (armed && --left == 0) cut = true;
        return armed && cut ? PH_E_TEMPORARY : PH_OK;
      };
      bool signedOnce = false;
      bool dead = true, wasCut = false;
      h.fake.databases.before = h.fake.secrets.before = before;
      for (int step = 0; step < 60; ++step) {
        const std::string where = "cut at " + std::to_string(at) + ", step " + std::to_string(step);
        armed = true;
        if (dead) dead = !h.start().ok();
        if (!dead) dead = !h.look().ok();
        armed = false;
        if (dead) {
          // Killed here: what was not committed is gone, and it starts anew.
          CPPUNIT_ASSERT_MESSAGE(where, cut);
          h.keeper.reset();
          cut = false;
          wasCut = true;
          CPPUNIT_ASSERT_MESSAGE(where, h.start().ok());
          dead = false;
        }
        check(h, &signedOnce, where);
        h.publishAll();
        h.now += step % 3 == 0 ? 2 * kDay : 2 * kHour;
      }
      CPPUNIT_ASSERT(signedOnce);
      // Every secret belongs to a key that may still be used, and every such key has one.
      std::set<std::string> needed;
      for (const auto& k : h.keys()) {
        if (k.state != State::Retired) needed.insert(k.secret);
      }
      CPPUNIT_ASSERT_EQUAL(needed.size(), h.fake.secrets.values.size());
      if (!wasCut) break;
      ++cuts;
    }
    CPPUNIT_ASSERT(cuts > 100);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeeperTest);

}  // namespace
}  // namespace ph_mailauth::keys
