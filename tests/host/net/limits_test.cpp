// Networks, windows and limits with a clock of the test's own.
#include "net/limits.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <list>

#include "log/throttle.hpp"

using namespace posthouse::net;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Address at(const std::string& ip) {
  const auto a = Address::parse(ip.find(':') == std::string::npos ? ip + ":1" : "[" + ip + "]:1");
  CPPUNIT_ASSERT_MESSAGE(ip, a.has_value());
  return *a;
}

class LimitsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LimitsTest);
  CPPUNIT_TEST(networks);
  CPPUNIT_TEST(windowForgetsTheLeast);
  CPPUNIT_TEST(openPerClass);
  CPPUNIT_TEST(rateTurnsWithTheWindow);
  CPPUNIT_TEST(refusedCostsNeighboursNothing);
  CPPUNIT_TEST(failedLogins);
  CPPUNIT_TEST(nobodyLocksAnAccount);
  CPPUNIT_TEST(accounts);
  CPPUNIT_TEST(exemptAndOff);
  CPPUNIT_TEST(listenersOnTheirOwn);
  CPPUNIT_TEST(settingsForgetNoCount);
  CPPUNIT_TEST(throttle);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    limits_ = std::make_shared<Limits>();
    settings_ = {};
    now_ = Limits::Time(hours(24) * 100);
    open_.clear();
  }

  void apply() { limits_->set(settings_); }

  // A connection that stays open.
  std::string connect(const std::string& ip, const std::string& listener = "mx") {
    open_.emplace_back(limits_);
    auto rule = open_.back().admit(listener, at(ip), now_);
    if (!rule.empty()) open_.pop_back();
    return rule;
  }
  std::string connectAndLeave(const std::string& ip) {
    Limits::Share s(limits_);
    return s.admit("mx", at(ip), now_);
  }

  void networks() {
    struct {
      const char *network, *inside, *outside;
    } const kTable[] = {{"10.0.0.0/8", "10.255.0.1", "11.0.0.1"},
                        {"192.0.2.1", "192.0.2.1", "192.0.2.2"},
                        {"10.1.2.3/26", "10.1.2.63", "10.1.2.64"},
                        {"0.0.0.0/0", "203.0.113.9", "::1"},
                        {"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"},
                        {"::1", "::1", "::2"},
                        {"192.0.2.0/24", "::ffff:192.0.2.7", "::ffff:192.0.3.7"},
                        {"::/0", "2001:db8::1", nullptr}};
    for (const auto& t : kTable) {
      const auto n = Network::parse(t.network);
      CPPUNIT_ASSERT_MESSAGE(t.network, n.has_value());
      CPPUNIT_ASSERT_MESSAGE(t.inside, n->contains(at(t.inside)));
      if (t.outside) CPPUNIT_ASSERT_MESSAGE(t.outside, !n->contains(at(t.outside)));
    }
    for (const char* bad : {"", "/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "::/129", "example.org",
                            "10.0.0.0/8x", "10.0.0.0/8/9", "[::1]/128"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !Network::parse(bad));
    }
  }

  void windowForgetsTheLeast() {
    WindowCounts w(minutes(1), 100);
    for (int i = 0; i < 50; ++i) w.add(*Network::parse("192.0.2.1"), now_);
    for (int i = 0; i < 1000; ++i) {
      w.add(*Network::parse("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)), now_);
      CPPUNIT_ASSERT(w.size() <= 100);
    }
    CPPUNIT_ASSERT_EQUAL(50u, w.count(*Network::parse("192.0.2.1"), now_));
    CPPUNIT_ASSERT_EQUAL(0u, w.count(*Network::parse("192.0.2.1"), now_ + minutes(1)));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, w.size());
  }

  void openPerClass() {
    settings_.connections.open = {2, 3, 4};
    apply();
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip32"), connect("192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.2"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip26"), connect("192.0.2.3"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.64"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip21"), connect("192.0.7.1"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.8.1"));
    open_.pop_front();  // one of 192.0.2.1 ends
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1"));

    for (int i = 0; i < 2; ++i) CPPUNIT_ASSERT_EQUAL(std::string(), connect("2001:db8::" + std::to_string(i + 1)));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip64"), connect("2001:db8::3"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("2001:db8:0:1::1"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip48"), connect("2001:db8:0:2::1"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("2001:db8:1::1"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip32"), connect("2001:db8:2::1"));
  }

  void rateTurnsWithTheWindow() {
    settings_.connections.perMinute = {3, 5, 0};
    apply();
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(std::string(), connectAndLeave("192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections_per_minute.ip32"), connectAndLeave("192.0.2.1"));
    for (int i = 0; i < 2; ++i) CPPUNIT_ASSERT_EQUAL(std::string(), connectAndLeave("192.0.2.2"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections_per_minute.ip26"), connectAndLeave("192.0.2.2"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connectAndLeave("192.0.2.64"));
    now_ += minutes(1);
    CPPUNIT_ASSERT_EQUAL(std::string(), connectAndLeave("192.0.2.1"));
  }

  void refusedCostsNeighboursNothing() {
    settings_.connections.perMinute = {3, 5, 5};
    apply();
    for (int i = 0; i < 100; ++i) connectAndLeave("192.0.2.1");
    CPPUNIT_ASSERT_EQUAL(std::string(), connectAndLeave("192.0.2.2"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connectAndLeave("192.0.2.2"));
  }

  void failedLogins() {
    apply();
    Limits::Share guess(limits_);
    CPPUNIT_ASSERT_EQUAL(std::string(), guess.admit("imap", at("192.0.2.1"), now_));
    for (int i = 0; i < 9; ++i) CPPUNIT_ASSERT_EQUAL(std::string(), guess.loginFailed(now_));
    CPPUNIT_ASSERT_EQUAL(std::string("login_failures_per_minute.ip32"), guess.loginFailed(now_));
    // Every protocol refuses them now, and nobody else.
    CPPUNIT_ASSERT_EQUAL(std::string("login_failures_per_minute.ip32"), connect("192.0.2.1", "submission"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.2", "submission"));
    for (int minute = 1; minute < 5; ++minute) {
      now_ += minutes(1);
      CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1"));
      for (int i = 0; i < 10; ++i) guess.loginFailed(now_);
    }
    now_ += minutes(1);
    CPPUNIT_ASSERT_EQUAL(std::string("login_failures_per_day.ip32"), connect("192.0.2.1"));
    now_ += hours(24);
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1"));
  }

  void nobodyLocksAnAccount() {
    apply();
    Limits::Share guess(limits_);
    guess.admit("imap", at("198.51.100.1"), now_);
    for (int i = 0; i < 1000; ++i) guess.loginFailed(now_);
    Limits::Share owner(limits_);
    CPPUNIT_ASSERT_EQUAL(std::string(), owner.admit("imap", at("203.0.113.1"), now_));
    CPPUNIT_ASSERT_EQUAL(std::string(), owner.logIn("ann"));
  }

  void accounts() {
    settings_.accountConnections = 2;
    apply();
    Limits::Share a(limits_), b(limits_), c(limits_);
    for (auto* s : {&a, &b, &c}) CPPUNIT_ASSERT_EQUAL(std::string(), s->admit("imap", at("192.0.2.1"), now_));
    CPPUNIT_ASSERT_EQUAL(std::string(), a.logIn("ann"));
    {
      Limits::Share moved(std::move(b));
      CPPUNIT_ASSERT_EQUAL(std::string(), moved.logIn("ann"));
      CPPUNIT_ASSERT_EQUAL(std::string("connections.account"), c.logIn("ann"));
      CPPUNIT_ASSERT_EQUAL(std::string(), c.logIn("bob"));
    }
    CPPUNIT_ASSERT_EQUAL(std::string(), c.logIn("ann"));
    CPPUNIT_ASSERT_EQUAL(std::string(), c.logIn("ann"));  // it counts once
  }

  void exemptAndOff() {
    settings_.connections.open = {1, 1, 1};
    settings_.accountConnections = 1;
    settings_.exempt = {*Network::parse("127.0.0.0/8")};
    apply();
    for (int i = 0; i < 5; ++i) {
      CPPUNIT_ASSERT_EQUAL(std::string(), connect("127.0.0.1"));
      CPPUNIT_ASSERT_EQUAL(std::string(), open_.back().logIn("ann"));
      for (int n = 0; n < 100; ++n) CPPUNIT_ASSERT_EQUAL(std::string(), open_.back().loginFailed(now_));
    }
    settings_.enabled = false;
    apply();
    for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1"));
  }

  void listenersOnTheirOwn() {
    settings_.connections.open = {1, 0, 0};
    settings_.listeners["imap"].open = {2, 0, 0};
    apply();
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1", "mx"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip32"), connect("192.0.2.1", "mx"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1", "imap"));
    CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1", "imap"));
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip32"), connect("192.0.2.1", "imap"));
  }

  void settingsForgetNoCount() {
    apply();
    for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT_EQUAL(std::string(), connect("192.0.2.1"));
    settings_.connections.open = {5, 0, 0};
    apply();
    CPPUNIT_ASSERT_EQUAL(std::string("connections.ip32"), connect("192.0.2.1"));
  }

  void throttle() {
    posthouse::log::Throttle t(2);
    CPPUNIT_ASSERT(t.pass(now_) == 0u);
    CPPUNIT_ASSERT(t.pass(now_) == 0u);
    for (int i = 0; i < 7; ++i) CPPUNIT_ASSERT(!t.pass(now_));
    CPPUNIT_ASSERT(t.pass(now_ + seconds(1)) == 7u);
    CPPUNIT_ASSERT(t.pass(now_ + seconds(1)) == 0u);
  }

 private:
  std::shared_ptr<Limits> limits_;
  Limits::Settings settings_;
  Limits::Time now_;
  std::list<Limits::Share> open_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(LimitsTest);

}  // namespace
