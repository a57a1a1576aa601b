// ph::Dns over a table that a test controls: answers at once or from another thread, and hosts newer than the plugin.
#include "ph/dns.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstring>
#include <thread>

namespace {

// A record of a host that knows more about it than this header.
struct LongerRecord {
  ph_dns_record known;
  uint64_t news;
};

struct World {
  ph_status asked = PH_OK;
  int outcome = PH_DNS_FOUND;
  int security = PH_DNS_SECURE;
  bool later = false;
  std::thread thread;
  std::string name;
  int type = 0;
  const ph_call* call = nullptr;  // the hook it was asked for
  bool oldHost = false;           // offers query only, and its records end with their value
};

World world;

void answer(void (*fn)(void*, const ph_dns_answer*), void* ctx) {
  LongerRecord records[2]{};
  const char* values[] = {"mx1.example", "mx2.example"};
  for (int i = 0; i < 2; ++i) {
    records[i].known.size = world.oldHost ? offsetof(ph_dns_record, weight) : sizeof(LongerRecord);
    records[i].known.weight = 5;
    records[i].known.port = 993;
    records[i].known.preference = static_cast<uint16_t>(10 * i);
    records[i].known.ttl = 300;
    records[i].known.value = ph::str(values[i]);
  }
  auto a = ph::sized<ph_dns_answer>();
  a.outcome = world.outcome;
  a.security = world.security;
  if (world.oldHost) {
    auto* second = reinterpret_cast<char*>(records) + records[0].known.size;
    std::memmove(second, &records[1], records[1].known.size);
  }
  a.records = &records[0].known;
  a.count = world.outcome == PH_DNS_FOUND ? 2 : 0;
  a.name = ph::str("example");
  fn(ctx, &a);
}

ph_status query(const ph_host*, ph_str name, int32_t type, uint32_t, void (*fn)(void*, const ph_dns_answer*),
                void* ctx) {
  world.name = ph::view(name);
  world.type = type;
  if (world.asked != PH_OK) return world.asked;
  if (world.later) {
    world.thread = std::thread([fn, ctx] { answer(fn, ctx); });
  } else {
    answer(fn, ctx);
  }
  return PH_OK;
}

ph_status queryIn(const ph_host* host, const ph_call* call, ph_str name, int32_t type, uint32_t ms,
                  void (*fn)(void*, const ph_dns_answer*), void* ctx) {
  world.call = call;
  return query(host, name, type, ms, fn, ctx);
}

const void* get(const ph_host* host, const char* id) {
  static const ph_dns table = {sizeof(ph_dns), 0, &query, &queryIn};
  static const ph_dns oldTable = {offsetof(ph_dns, query_in), 0, &query, nullptr};
  if (!host->ctx || std::strcmp(id, PH_IF_DNS) != 0) return nullptr;
  return world.oldHost ? &oldTable : &table;
}

class DnsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DnsTest);
  CPPUNIT_TEST(absent);
  CPPUNIT_TEST(atOnceAndLater);
  CPPUNIT_TEST(notAsked);
  CPPUNIT_TEST(outcomes);
  CPPUNIT_TEST(forHook);
  CPPUNIT_TEST(oldHost);
  CPPUNIT_TEST(budget);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    world = {};
    raw_.size = sizeof raw_;
    raw_.ctx = this;
    raw_.get = &get;
  }

  void absent() {
    raw_.ctx = nullptr;
    const ph::Host host(&raw_);
    CPPUNIT_ASSERT(!ph::Dns(host));
  }

  void atOnceAndLater() {
    const ph::Host host(&raw_);
    for (const bool later : {false, true}) {
      world.later = later;
      const auto a = ph::Dns(host).lookUp("example", ph::DnsType::Mx);
      if (later) world.thread.join();
      CPPUNIT_ASSERT(a.found() && !a.temporary());
      CPPUNIT_ASSERT(a.security == ph::DnsAnswer::Security::Secure);
      CPPUNIT_ASSERT_EQUAL(size_t{2}, a.records.size());
      CPPUNIT_ASSERT_EQUAL(std::string("mx2.example"), a.records[1].value);
      CPPUNIT_ASSERT_EQUAL(10, a.records[1].preference);
      CPPUNIT_ASSERT_EQUAL(std::string("example"), world.name);
      CPPUNIT_ASSERT_EQUAL(PH_DNS_MX, world.type);
    }
  }

  // A question the host did not take has an answer all the same.
  void notAsked() {
    const ph::Host host(&raw_);
    world.asked = PH_E_LIMIT;
    CPPUNIT_ASSERT(ph::Dns(host).lookUp("example", ph::DnsType::A).temporary());
    world.asked = PH_E_INVALID;
    CPPUNIT_ASSERT(ph::Dns(host).lookUp("..", ph::DnsType::A).outcome == ph::DnsAnswer::Outcome::NoName);
  }

  void outcomes() {
    const ph::Host host(&raw_);
    using Outcome = ph::DnsAnswer::Outcome;
    const std::pair<int, Outcome> cases[] = {{PH_DNS_NO_DATA, Outcome::NoData},
                                             {PH_DNS_NO_NAME, Outcome::NoName},
                                             {PH_DNS_TEMPORARY, Outcome::Temporary},
                                             {99, Outcome::Temporary}};  // unheard of: nothing to build on
    for (const auto& [outcome, expected] : cases) {
      world.outcome = outcome;
      const auto a = ph::Dns(host).lookUp("example", ph::DnsType::A);
      CPPUNIT_ASSERT(a.outcome == expected && !a.found());
    }
  }

  void forHook() {
    const ph::Host host(&raw_);
    const auto* call = reinterpret_cast<const ph_call*>(this);  // opaque to plugins
    const auto a = ph::Dns(host).lookUp("example", ph::DnsType::Srv, 0, call);
    CPPUNIT_ASSERT(world.call == call);
    CPPUNIT_ASSERT_EQUAL(993, a.records.at(1).port);
    CPPUNIT_ASSERT_EQUAL(5, a.records.at(1).weight);
    world.call = nullptr;
    (void)ph::Dns(host).lookUp("example", ph::DnsType::Srv);
    CPPUNIT_ASSERT(world.call == nullptr);
  }

  void oldHost() {
    world.oldHost = true;
    const ph::Host host(&raw_);
    const auto a = ph::Dns(host).lookUp("example", ph::DnsType::Mx, 0, reinterpret_cast<const ph_call*>(this));
    CPPUNIT_ASSERT(world.call == nullptr);
    CPPUNIT_ASSERT_EQUAL(std::string("mx2.example"), a.records.at(1).value);
    CPPUNIT_ASSERT_EQUAL(0, a.records.at(1).port);
  }

  void budget() {
    ph::DnsBudget terms(3, 1);
    ph::DnsAnswer found, nothing;
    found.outcome = ph::DnsAnswer::Outcome::Found;
    nothing.outcome = ph::DnsAnswer::Outcome::NoName;
    CPPUNIT_ASSERT(terms.take() && terms.note(found));
    CPPUNIT_ASSERT(terms.take() && terms.note(nothing));
    CPPUNIT_ASSERT(terms.take() && !terms.note(nothing));
    CPPUNIT_ASSERT(!terms.take());
  }

 private:
  ph_host raw_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(DnsTest);

}  // namespace
