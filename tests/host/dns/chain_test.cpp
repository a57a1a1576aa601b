// From replies to answers: CNAMEs, negative answers, what is trusted, how long it may be kept.
#include "dns/chain.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::dns;

namespace {

using Step = Chain::Step;

Reply::Owned alias(const std::string& from, const std::string& to, uint32_t ttl = 100) {
  return {from, ttl, {.type = Type::Cname, .value = to}};
}
Reply::Owned address(const std::string& owner, const std::string& ip = "192.0.2.1", uint32_t ttl = 100) {
  return {owner, ttl, {.type = Type::A, .value = ip}};
}
Reply replying(std::vector<Reply::Owned> answers, bool authentic = true) {
  Reply r;
  r.answers = std::move(answers);
  r.authentic = authentic;
  r.recursive = true;
  return r;
}
Reply negative(Rcode rcode, std::optional<uint32_t> ttl) {
  Reply r = replying({});
  r.rcode = static_cast<int>(rcode);
  r.negativeTtl = ttl;
  return r;
}

class ChainTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ChainTest);
  CPPUNIT_TEST(direct);
  CPPUNIT_TEST(byPreference);
  CPPUNIT_TEST(chainInOneReply);
  CPPUNIT_TEST(chainAskedFurther);
  CPPUNIT_TEST(weakestLink);
  CPPUNIT_TEST(aliasItself);
  CPPUNIT_TEST(loops);
  CPPUNIT_TEST(longChain);
  CPPUNIT_TEST(negatives);
  CPPUNIT_TEST(foreignRecordsDoNotCount);
  CPPUNIT_TEST(saysNothing);
  CPPUNIT_TEST(times);
  CPPUNIT_TEST_SUITE_END();

 public:
  void direct() {
    Chain c({"a.example", Type::A});
    CPPUNIT_ASSERT(c.add(replying({address("a.example"), address("a.example", "192.0.2.2", 50)}), true) == Step::Done);
    CPPUNIT_ASSERT(c.answer().outcome == Outcome::Found && c.answer().security == Security::Secure);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, c.answer().records.size());
    CPPUNIT_ASSERT_EQUAL(uint32_t{50}, c.answer().ttl);
  }

  void byPreference() {
    Chain c({"a.example", Type::Mx});
    const auto mx = [](uint16_t n, const char* host) {
      return Reply::Owned{"a.example", 9, {.type = Type::Mx, .preference = n, .value = host}};
    };
    (void)c.add(replying({mx(20, "c"), mx(10, "b"), mx(20, "a"), mx(0, "d")}), true);
    std::string order;
    for (const auto& r : c.answer().records) order += r.value;
    CPPUNIT_ASSERT_EQUAL(std::string("dbca"), order);
  }

  void chainInOneReply() {
    Chain c({"a.example", Type::A});
    // In any order.
    const auto step = c.add(
        replying({address("c.example"), alias("b.example", "c.example", 30), alias("a.example", "b.example")}), true);
    CPPUNIT_ASSERT(step == Step::Done);
    CPPUNIT_ASSERT_EQUAL(std::string("c.example"), c.answer().name);
    CPPUNIT_ASSERT_EQUAL(uint32_t{30}, c.answer().ttl);
  }

  void chainAskedFurther() {
    Chain c({"a.example", Type::A});
    CPPUNIT_ASSERT(c.add(replying({alias("a.example", "b.example", 30)}), true) == Step::Ask);
    CPPUNIT_ASSERT(c.question() == (Question{"b.example", Type::A}));
    CPPUNIT_ASSERT(c.add(replying({address("b.example")}), true) == Step::Done);
    CPPUNIT_ASSERT_EQUAL(uint32_t{30}, c.answer().ttl);
    CPPUNIT_ASSERT(c.answer().security == Security::Secure);
  }

  void weakestLink() {
    for (const bool secondAuthentic : {false, true}) {
      for (const bool secondTrusted : {false, true}) {
        Chain c({"a.example", Type::A});
        (void)c.add(replying({alias("a.example", "b.example")}, true), true);
        (void)c.add(replying({address("b.example")}, secondAuthentic), secondTrusted);
        const Security wanted = !secondTrusted    ? Security::Indeterminate
                                : secondAuthentic ? Security::Secure
                                                  : Security::Insecure;
        CPPUNIT_ASSERT(c.answer().security == wanted);
      }
    }
    Chain back({"a.example", Type::A});
    (void)back.add(replying({alias("a.example", "b.example")}, false), true);
    (void)back.add(replying({address("b.example")}, true), true);
    CPPUNIT_ASSERT(back.answer().security == Security::Insecure);
  }

  void aliasItself() {
    Chain c({"a.example", Type::Cname});
    CPPUNIT_ASSERT(c.add(replying({alias("a.example", "b.example"), alias("b.example", "c.example")}), true) ==
                   Step::Done);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, c.answer().records.size());
    CPPUNIT_ASSERT_EQUAL(std::string("b.example"), c.answer().records[0].value);
    CPPUNIT_ASSERT_EQUAL(std::string("a.example"), c.answer().name);
  }

  void loops() {
    for (const auto& answers : {std::vector{alias("a.example", "a.example")},
                                std::vector{alias("a.example", "b.example"), alias("b.example", "a.example")}}) {
      Chain c({"a.example", Type::A});
      CPPUNIT_ASSERT(c.add(replying(answers), true) == Step::Done);
      CPPUNIT_ASSERT(c.answer().outcome == Outcome::Temporary && c.answer().security == Security::Indeterminate);
      CPPUNIT_ASSERT_EQUAL(std::string("the aliases (CNAME) form a loop at a.example"), c.answer().text);
    }
    // Over several replies.
    Chain c({"a.example", Type::A});
    CPPUNIT_ASSERT(c.add(replying({alias("a.example", "b.example")}), true) == Step::Ask);
    CPPUNIT_ASSERT(c.add(replying({alias("b.example", "a.example")}), true) == Step::Done);
    CPPUNIT_ASSERT(c.answer().outcome == Outcome::Temporary);
  }

  void longChain() {
    for (const size_t length : {kMaxAliases, kMaxAliases + 1}) {
      std::vector<Reply::Owned> answers;
      for (size_t i = 0; i < length; ++i)
        answers.push_back(alias("a" + std::to_string(i), "a" + std::to_string(i + 1)));
      answers.push_back(address("a" + std::to_string(length)));
      Chain c({"a0", Type::A});
      CPPUNIT_ASSERT(c.add(replying(answers), true) == Step::Done);
      CPPUNIT_ASSERT((c.answer().outcome == Outcome::Found) == (length == kMaxAliases));
    }
  }

  void negatives() {
    const struct {
      Rcode rcode;
      std::optional<uint32_t> soa;
      Outcome outcome;
      uint32_t ttl;
    } cases[] = {{Rcode::NxDomain, 60, Outcome::NoName, 60},
                 {Rcode::NxDomain, {}, Outcome::NoName, 0},
                 {Rcode::NoError, 60, Outcome::NoData, 60},
                 {Rcode::NoError, {}, Outcome::NoData, 0},
                 {Rcode::NxDomain, 100000, Outcome::NoName, kMaxNegativeTtl}};
    for (const auto& k : cases) {
      Chain c({"a.example", Type::A});
      CPPUNIT_ASSERT(c.add(negative(k.rcode, k.soa), true) == Step::Done);
      CPPUNIT_ASSERT(c.answer().outcome == k.outcome);
      CPPUNIT_ASSERT_EQUAL(k.ttl, c.answer().ttl);
      CPPUNIT_ASSERT(c.answer().security == Security::Secure);
    }
    // RFC 6604 3: about the last name.
    Chain c({"a.example", Type::A});
    Reply r = negative(Rcode::NxDomain, 60);
    r.answers = {alias("a.example", "b.example", 20)};
    CPPUNIT_ASSERT(c.add(r, true) == Step::Done);
    CPPUNIT_ASSERT(c.answer().outcome == Outcome::NoName);
    CPPUNIT_ASSERT_EQUAL(std::string("b.example"), c.answer().name);
    CPPUNIT_ASSERT_EQUAL(uint32_t{20}, c.answer().ttl);
  }

  void foreignRecordsDoNotCount() {
    Chain c({"a.example", Type::A});
    CPPUNIT_ASSERT(c.add(replying({address("b.example"), alias("c.example", "d.example")}), true) == Step::Done);
    CPPUNIT_ASSERT(c.answer().outcome == Outcome::NoData && c.answer().records.empty());
  }

  void saysNothing() {
    Chain c({"a.example", Type::A});
    Reply delegation = replying({});
    delegation.delegates = true;
    delegation.recursive = false;
    CPPUNIT_ASSERT(c.add(delegation, true) == Step::Wrong);
    Reply damaged = replying({});
    damaged.damaged = true;
    CPPUNIT_ASSERT(c.add(damaged, true) == Step::Wrong);
    CPPUNIT_ASSERT(!c.problem().empty());
  }

  void times() {
    Chain c({"a.example", Type::A});
    (void)c.add(replying({address("a.example", "192.0.2.1", 0x7fffffff)}), true);
    CPPUNIT_ASSERT_EQUAL(kMaxTtl, c.answer().ttl);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChainTest);

}  // namespace
