// Servers and strangers that forge, flood, cut, delay, stay silent or send garbage. RFC 5452 9, RFC 7766 5.
#include "resolver_fixture.hpp"

using namespace posthouse::dns;
using namespace posthouse::dns::test;

namespace {

class HostileServerTest : public ResolverFixture {
  CPPUNIT_TEST_SUITE(HostileServerTest);
  CPPUNIT_TEST(forgedIdsArePassedOver);
  CPPUNIT_TEST(wrongQuestionIsPassedOver);
  CPPUNIT_TEST(wrongSourceIsPassedOver);
  CPPUNIT_TEST(theFirstOfTwoAnswersCounts);
  CPPUNIT_TEST(floodEndsTheTry);
  CPPUNIT_TEST(otherCaseGoesOverTcp);
  CPPUNIT_TEST(truncatedGoesOverTcp);
  CPPUNIT_TEST(brokenTcp);
  CPPUNIT_TEST(garbage);
  CPPUNIT_TEST(lateAnswer);
  CPPUNIT_TEST(silence);
  CPPUNIT_TEST(nobodyListens);
  CPPUNIT_TEST_SUITE_END();

 public:
  void forgedIdsArePassedOver() {
    LyingServer s([](const Asked& a) {
      std::string forged = address(a.query, kForged);
      for (int bit = 0; bit < 16; ++bit) {
        forged[static_cast<size_t>(bit / 8)] = static_cast<char>(a.query[static_cast<size_t>(bit / 8)] ^ 1 << bit % 8);
        a.answer(forged);
        forged = address(a.query, kForged);
      }
      a.answer(address(a.query));
    });
    use({&s});
    CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, ask("host.example").records.at(0).value);
    CPPUNIT_ASSERT_EQUAL(1, s.asked());
  }

  void wrongQuestionIsPassedOver() {
    LyingServer s([](const Asked& a) {
      std::string other = a.query;
      other[13] = other[13] == 'x' ? 'y' : 'x';
      a.answer(address(other, kForged));
      std::string type = a.query;
      type[type.find('\0', 12) + 2] = 28;
      a.answer(address(type, kForged));
      a.answer(a.query);  // its own query back
      a.answer(address(a.query));
    });
    use({&s});
    CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, ask("host.example").records.at(0).value);
    CPPUNIT_ASSERT_EQUAL(1, s.asked());
  }

  void wrongSourceIsPassedOver() {
    LyingServer s([](const Asked& a) {
      a.elsewhere(address(a.query, kForged));
      std::this_thread::sleep_for(50ms);
      a.answer(address(a.query));
    });
    use({&s});
    CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, ask("host.example").records.at(0).value);
    LyingServer never([](const Asked& a) { a.elsewhere(address(a.query, kForged)); });
    use({&never});
    CPPUNIT_ASSERT(ask("host.example").outcome == Outcome::Temporary);
  }

  void theFirstOfTwoAnswersCounts() {
    LyingServer s([](const Asked& a) {
      a.answer(address(a.query));
      a.answer(address(a.query, kForged));
    });
    use({&s});
    for (int i = 0; i < 20; ++i) {
      CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, ask("host" + std::to_string(i) + ".example").records.at(0).value);
    }
  }

  void floodEndsTheTry() {
    LyingServer s([](const Asked& a) {
      std::string wrong = address(a.query, kForged);
      wrong[0] = static_cast<char>(wrong[0] ^ 1);
      for (int i = 0; i < 200; ++i) a.answer(wrong);
    });
    use({&s});
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary);
    CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find("keep coming") != std::string::npos);
  }

  // Who only guessed the id does not know the case of the name.
  void otherCaseGoesOverTcp() {
    LyingServer s([](const Asked& a) {
      if (a.tcp) return a.answer(address(a.query));
      std::string lower = address(a.query, kForged);
      for (size_t i = 12; lower[i] != '\0'; ++i) lower[i] = static_cast<char>(std::tolower(lower[i]));
      a.answer(lower);
    });
    use({&s});
    CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, ask("a-long-name-with-many-letters.example").records.at(0).value);
    CPPUNIT_ASSERT_EQUAL(1, s.askedOverTcp());
  }

  void truncatedGoesOverTcp() {
    LyingServer s([](const Asked& a) {
      Parts p;
      p.tc = !a.tcp;
      for (int i = 0; a.tcp && i < 500; ++i) {
        p.answer(record(asking(a.query), Type::Mx, 60, number(10) + name("mx" + std::to_string(i) + ".example")));
      }
      a.answer(reply(a.query, p));
    });
    use({&s});
    CPPUNIT_ASSERT_EQUAL(size_t{500}, ask("host.example", Type::Mx).records.size());
    CPPUNIT_ASSERT_EQUAL(1, s.askedOverTcp());
  }

  void brokenTcp() {
    const std::pair<const char*, std::function<void(const Asked&)>> cases[] = {
        {"closes the connection", [](const Asked&) {}},
        {"closes the connection", [](const Asked& a) { a.answerRaw("\x01"); }},
        {"closes the connection", [](const Asked& a) { a.answerRaw("\xff\xffshort"); }},
        {"another question", [](const Asked& a) { a.answer(""); }},
        {"another question", [](const Asked& a) { a.answer(address("xx" + a.query.substr(2))); }},
        {"cuts its answer off",
         [](const Asked& a) {
           Parts p;
           p.tc = true;
           a.answer(reply(a.query, p));
         }},
        {"no DNS message", [](const Asked& a) { a.answer(address(a.query).substr(0, 45)); }},
    };
    for (const auto& [wanted, overTcp] : cases) {
      LyingServer s([&overTcp](const Asked& a) {
        Parts p;
        p.tc = true;
        a.tcp ? overTcp(a) : a.answer(reply(a.query, p));
      });
      use({&s});
      const Answer a = ask("host.example");
      CPPUNIT_ASSERT(a.outcome == Outcome::Temporary);
      CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find(wanted) != std::string::npos);
    }
  }

  void garbage() {
    LyingServer s([](const Asked& a) {
      a.answer("");
      a.answer(std::string(1200, '\xff'));
      a.answer(address(a.query).substr(0, 11));
      const std::string right = address(a.query);
      a.answer(right.substr(0, right.size() - 1));  // it matches, but does not end
    });
    use({&s});
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary);
    CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find("no DNS message") != std::string::npos);
  }

  void lateAnswer() {
    // After the time of the first try: its socket is gone, the second is answered at once.
    LyingServer s([](const Asked& a) {
      if (a.number == 1) std::this_thread::sleep_for(450ms);
      a.answer(address(a.query, a.number == 1 ? kForged : kGood));
    });
    use({&s});
    CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, ask("host.example").records.at(0).value);
    CPPUNIT_ASSERT_EQUAL(2, s.asked());
  }

  void silence() {
    LyingServer s(saysNothing);
    use({&s});
    const auto begun = Clock::now();
    const Answer a = ask("host.example");
    const auto took = Clock::now() - begun;
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary && a.security == Security::Indeterminate);
    CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find("does not answer in time") != std::string::npos);
    CPPUNIT_ASSERT(took >= 1900ms && took < 10s);
    CPPUNIT_ASSERT(s.asked() >= 3);
  }

  void nobodyListens() {
    std::optional<LyingServer> gone(std::in_place, saysNothing);
    settings_.resolvers = {gone->address()};
    gone.reset();
    make();
    const auto begun = Clock::now();
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary);
    CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find("can't be reached") != std::string::npos);
    CPPUNIT_ASSERT(Clock::now() - begun < 1s);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HostileServerTest);

}  // namespace
