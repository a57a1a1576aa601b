// Which mail the queue has signed: of our users and of its own making, with all fields on top.
#include <cppunit/extensions/HelperMacros.h>

#include "env/fault_env.hpp"
#include "queue_test_rig.hpp"

namespace {
using namespace queue_test;

class QueueSigningTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QueueSigningTest);
  CPPUNIT_TEST(signedOnTop);
  CPPUNIT_TEST(notifications);
  CPPUNIT_TEST(notTaken);
  CPPUNIT_TEST_SUITE_END();

  Mailboxes boxes_;
  env::FaultEnv env_;
  std::vector<std::string> asked_;  // "account headers text"
  std::atomic<bool> fails_{false};

  decltype(queue::Surroundings::sign) signer() {
    return [this](const Envelope& e, const std::string& headers, const mail::Message& m) -> ph::Result<std::string> {
      if (fails_) return ph::Error{ph::Kind::Temporary, "not now"};
      asked_.push_back(e.account + "|" + headers + "|" + textOf(mail::share(m)).substr(0, 5));
      return std::string("Signed: yes\r\n");
    };
  }

  void signedOnTop() {
    House house(env_, boxes_, nullptr, House::settings(), {}, signer());
    CPPUNIT_ASSERT(house.queue.start().ok());
    auto ours = envelope("a", {"bob"});
    CPPUNIT_ASSERT(house.queue.submit(ours, "Received: x\r\n", *message("Hello\r\n").get()).ok());
    auto passing = envelope("b", {"carl"});
    passing.account.clear();
    CPPUNIT_ASSERT(house.queue.submit(passing, "", *message("Passing\r\n").get()).ok());
    auto own = envelope("c", {"dora"});
    own.account.clear();
    own.own = true;
    CPPUNIT_ASSERT(house.queue.submit(own, "", *message("Report\r\n").get()).ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(std::string("Signed: yes\r\nReport\r\n\n"), boxes_.byAccount["dora"]);
    CPPUNIT_ASSERT_EQUAL(std::string("Signed: yes\r\nReceived: x\r\nHello\r\n\n"), boxes_.byAccount["bob"]);
    CPPUNIT_ASSERT_EQUAL(std::string("Passing\r\n\n"), boxes_.byAccount["carl"]);
    CPPUNIT_ASSERT(asked_ == (std::vector<std::string>{"ann|Received: x\r\n|Hello", "||Repor"}));
  }

  void notifications() {
    const auto script = std::make_shared<Script>();
    script->answer = [](auto&, auto&) { return reply(550, "5.1.1", "nobody"); };
    House house(env_, boxes_, script, House::settings(), {}, signer());
    CPPUNIT_ASSERT(house.queue.start().ok());
    fails_ = false;
    house.submit(envelope("a", {"x@far.example"}), "From: ann@our.example\r\n\r\n");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, asked_.size());
    CPPUNIT_ASSERT(asked_[1].starts_with("||"));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes_.notifications.size());
    CPPUNIT_ASSERT(boxes_.notifications[0].starts_with("Signed: yes\r\n"));
  }

  // Nothing is left of a message that can't be signed; the next try of the client succeeds.
  void notTaken() {
    House house(env_, boxes_, nullptr, House::settings(), {}, signer());
    CPPUNIT_ASSERT(house.queue.start().ok());
    fails_ = true;
    const auto refused = house.queue.submit(envelope("a", {"bob"}), "", *message("Hello\r\n").get());
    CPPUNIT_ASSERT(!refused && refused.error().kind == ph::Kind::Temporary);
    CPPUNIT_ASSERT_EQUAL(size_t{0}, house.queue.size());
    fails_ = false;
    house.submit(envelope("b", {"bob"}), "Hello\r\n");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(std::string("Signed: yes\r\nHello\r\n\n"), boxes_.byAccount["bob"]);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(QueueSigningTest);

}  // namespace
