// What a dialogue in text can't say: sizes, slow clients, lines that never end, settings that change.
#include <cppunit/extensions/HelperMacros.h>

#include "testkit/fake_host.hpp"

namespace {

using ph::testkit::Client;
using ph::testkit::FakeHost;

const std::string kPlugin = PH_BINARY_DIR "/plugins/smtp.so";

class SessionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SessionTest);
  CPPUNIT_TEST(tooLargeMessageIsReadToItsEnd);
  CPPUNIT_TEST(muchTooLargeMessageEndsTheConnection);
  CPPUNIT_TEST(messageOfExactlyTheLimit);
  CPPUNIT_TEST(refusedMessageIsBounded);
  CPPUNIT_TEST(lineTooLong);
  CPPUNIT_TEST(authLineMayBeLonger);
  CPPUNIT_TEST(clientThatDoesNotRead);
  CPPUNIT_TEST(settingsChangeBetweenTransactions);
  CPPUNIT_TEST(badSettingsAreRefused);
  CPPUNIT_TEST(largeSubmission);
  CPPUNIT_TEST(stagesInOrder);
  CPPUNIT_TEST(stateIsFreedAfterATransaction);
  CPPUNIT_TEST(replyLeavesBeforeObservers);
  CPPUNIT_TEST(badClientsGetSlow);
  CPPUNIT_TEST(slowRepliesAreWhole);
  CPPUNIT_TEST(shutdownDoesNotWaitForSlowness);
  CPPUNIT_TEST(slownessCanBeSwitchedOff);
  CPPUNIT_TEST(failedLoginsMakeSlow);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    host_ = std::make_unique<FakeHost>();
    host_->domains = {"ours.example"};
    host_->accounts = {{"alice@ours.example", "alice"}};
    host_->passwords = {{"alice", "secret"}};
    host_->sizes["max_message_size"] = 100'000;
    CPPUNIT_ASSERT_MESSAGE(host_->problem, host_->start(kPlugin));
  }

  void tooLargeMessageIsReadToItsEnd() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    toData(c);
    for (int i = 0; i < 101; ++i) c.send(std::string(998, 'x') + "\r\n");
    CPPUNIT_ASSERT_EQUAL(std::string(), c.take());
    c.send(".\r\nNOOP\r\n");
    expect(c, "552 5.3.4 message too large");
    expect(c, "250 2.0.0 OK");
    CPPUNIT_ASSERT(host_->pipeline.stored.empty());
  }

  void muchTooLargeMessageEndsTheConnection() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    toData(c);
    size_t sent = 0;
    for (; c.open && sent < 1'000'000; sent += 1000) c.send(std::string(998, 'x') + "\r\n");
    CPPUNIT_ASSERT(!c.open);
    CPPUNIT_ASSERT(sent > 2 * 100'000 && sent < 400'000);
    expect(c, "552 5.3.4 message much too large");
    CPPUNIT_ASSERT_EQUAL(0, host_->messages);
  }

  void messageOfExactlyTheLimit() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    toData(c);
    for (int i = 0; i < 100; ++i) c.send(std::string(998, 'x') + "\r\n");
    c.send(".\r\n");
    expect(c, "250 2.0.0 ");
    CPPUNIT_ASSERT_EQUAL(size_t{100'000}, host_->pipeline.stored.at(0).mail.contents.size());
  }

  void refusedMessageIsBounded() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    toData(c);
    c.send("a\rb");
    for (int i = 0; c.open && i < 1000; ++i) c.send(std::string(998, 'x') + "\r\n");
    CPPUNIT_ASSERT(!c.open);
    expect(c, "552 5.3.4 ");
  }

  void lineTooLong() {
    for (const bool spoken : {false, true}) {
      Client c(*host_, "smtp", PH_TLS_NONE);
      if (spoken) c.send("NOOP\r\n");
      c.take();
      c.send("NOOP " + std::string(2041, 'x') + "\r\n");  // 2048 with its end
      expect(c, "250 2.0.0 OK");
      c.send("NOOP " + std::string(2043, 'x'));  // full without an end
      expect(c, "500 5.5.2 line too long");
      CPPUNIT_ASSERT(!c.open);
    }
  }

  void authLineMayBeLonger() {
    Client c(*host_, "submission", PH_TLS_IMPLICIT);
    c.send("EHLO laptop\r\nAUTH PLAIN\r\n");
    c.take();
    c.send(std::string(12000, 'A') + "\r\n");
    expect(c, "501 5.5.2 ");
    c.send("AUTH PLAIN\r\n");
    expect(c, "334 ");
    c.send(std::string(13000, 'A'));
    expect(c, "500 5.5.2 line too long");
    CPPUNIT_ASSERT(!c.open);
  }

  // No reply is lost, and nothing is read while 64 KiB of them wait.
  void clientThatDoesNotRead() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    c.take();
    c.stalled = true;
    std::string flood;
    for (int i = 0; i < 10'000; ++i) flood += "NOOP\r\n";
    c.send(flood);
    CPPUNIT_ASSERT(c.output.size() > 64 * 1024 && c.output.size() < 66 * 1024);
    CPPUNIT_ASSERT(!c.input.empty());
    c.unstall();
    CPPUNIT_ASSERT(c.input.empty());
    CPPUNIT_ASSERT_EQUAL(10'000 * std::string("250 2.0.0 OK\r\n").size(), c.output.size());
  }

  void settingsChangeBetweenTransactions() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    toData(c);
    host_->sizes["max_message_size"] = 70'000;
    CPPUNIT_ASSERT(host_->reconfigure());
    for (int i = 0; i < 80; ++i) c.send(std::string(998, 'x') + "\r\n");
    c.send(".\r\n");
    expect(c, "250 2.0.0 ");
    c.send("EHLO client.example\r\n");
    CPPUNIT_ASSERT(c.take().find("SIZE 70000\r\n") != std::string::npos);
  }

  void badSettingsAreRefused() {
    host_->sizes["max_message_size"] = 1000;
    CPPUNIT_ASSERT(!host_->reconfigure());
    CPPUNIT_ASSERT_EQUAL(std::string("max_message_size: at least 64KiB"), host_->problem);
    host_->sizes.clear();
    host_->numbers["data_timeout"] = 1000;
    CPPUNIT_ASSERT(!host_->reconfigure());
    host_->numbers.clear();
    host_->numbers["command_timeout"] = 0;
    CPPUNIT_ASSERT(!host_->reconfigure());
  }

  // Larger than what the header check takes at once.
  void largeSubmission() {
    host_->sizes["max_message_size"] = 10'000'000;
    CPPUNIT_ASSERT(host_->reconfigure());
    Client c(*host_, "submission", PH_TLS_IMPLICIT);
    c.send("EHLO laptop\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nMAIL FROM:<alice@ours.example>\r\n");
    c.send("RCPT TO:<x@far.example>\r\nDATA\r\nFrom: alice@ours.example\r\n\r\n");
    c.take();
    for (int i = 0; i < 1000; ++i) c.send(std::string(998, 'x') + "\r\n");
    c.send(".\r\n");
    expect(c, "250 2.0.0 ");
    CPPUNIT_ASSERT_EQUAL(size_t{1}, host_->queue.submitted.size());
  }

  void stagesInOrder() {
    Client c(*host_, "submission", PH_TLS_IMPLICIT);
    c.send("EHLO laptop\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
    for (int i = 0; i < 2; ++i) {
      c.send("MAIL FROM:<alice@ours.example>\r\nRCPT TO:<x@far.example>\r\nDATA\r\nFrom: alice@ours.example\r\n.\r\n");
    }
    const std::vector<int32_t> once = {PH_STAGE_CONNECT, PH_STAGE_HELO,   PH_STAGE_AUTH,    PH_STAGE_MAIL,
                                       PH_STAGE_RCPT,    PH_STAGE_SUBMIT, PH_STAGE_ACCEPTED};
    std::vector<int32_t> twice = once;
    twice.insert(twice.end(), once.begin(), once.end());  // facts of the connection are gathered for each message
    CPPUNIT_ASSERT(twice == host_->pipeline.stages);
  }

  void stateIsFreedAfterATransaction() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    toData(c);
    CPPUNIT_ASSERT_EQUAL(1, host_->messages);
    c.send("x\r\n.\r\n");
    CPPUNIT_ASSERT_EQUAL(0, host_->messages);
    CPPUNIT_ASSERT_EQUAL(0, host_->pipeline.live);
    c.send("MAIL FROM:<x@far.example>\r\nRSET\r\n");
    CPPUNIT_ASSERT_EQUAL(0, host_->pipeline.live);
  }

  // A second before each command, then an octet a second, and the rest of the reply at once.
  void badClientsGetSlow() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    makeSlow(c);
    c.send("NOOP\r\nNOOP\r\n");
    CPPUNIT_ASSERT_EQUAL(std::string(), c.take());
    const std::string reply = "250 2.0.0 OK\r\n";
    for (int command = 0; command < 2; ++command) {
      for (size_t octet = 0; octet + 1 < reply.size(); ++octet) {
        c.advance(999);
        CPPUNIT_ASSERT_EQUAL(std::string(), c.take());
        c.advance(1);
        CPPUNIT_ASSERT_EQUAL(reply.substr(octet, 1), c.take());
      }
      c.advance(1000);
      CPPUNIT_ASSERT_EQUAL(reply.substr(reply.size() - 1), c.take());
    }
    c.send("EHLO client.example\r\n");
    c.advance(1000);
    for (int octet = 0; octet < 24; ++octet) {
      c.advance(1000);
      CPPUNIT_ASSERT_EQUAL(size_t{octet + 2u}, c.output.size());
    }
    c.advance(1000);
    CPPUNIT_ASSERT(c.output.ends_with("250 LIMITS RCPTMAX=1000\r\n"));
  }

  // Whatever waits for the host meanwhile, no reply is lost or comes in the wrong order.
  void slowRepliesAreWhole() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    makeSlow(c);
    host_->pipeline.slow = true;
    c.send("EHLO client.example\r\nMAIL FROM:<x@far.example>\r\nRCPT TO:<alice@ours.example>\r\n");
    c.send("BDAT 3\r\nx\r\nBDAT 3 LAST\r\ny\r\nRSET\r\nQUIT\r\n");
    for (int second = 0; second < 400 && c.open; ++second) c.advance(1000);
    CPPUNIT_ASSERT(!c.open);
    std::string codes;
    for (size_t at = 0; at < c.output.size(); at = c.output.find("\r\n", at) + 2) {
      if (c.output[at + 3] == ' ') codes += c.output.substr(at, 4);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("250 250 250 250 250 250 221 "), codes);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, host_->pipeline.stored.size());
  }

  void shutdownDoesNotWaitForSlowness() {
    for (const int seconds : {0, 1, 5}) {  // before the command, and in the middle of its reply
      Client c(*host_, "smtp", PH_TLS_NONE);
      makeSlow(c);
      c.send("NOOP\r\n");
      for (int i = 0; i < seconds; ++i) c.advance(1000);
      c.shutdown();
      CPPUNIT_ASSERT(!c.open);
      CPPUNIT_ASSERT_EQUAL(std::string(seconds ? "250 2.0.0 OK\r\n421 4.3.2 " : "421 4.3.2 "),
                           c.output.substr(0, seconds ? 24 : 10));
    }
  }

  void failedLoginsMakeSlow() {
    Client c(*host_, "submission", PH_TLS_IMPLICIT);
    const std::string login = "AUTH PLAIN AGFsaWNlAHdyb25n\r\n";
    c.send("EHLO laptop\r\n" + login + login);
    CPPUNIT_ASSERT(c.take().ends_with("535 5.7.8 wrong user name or password\r\n"));
    CPPUNIT_ASSERT(!c.sleeping());
    c.send(login);
    CPPUNIT_ASSERT(c.sleeping());
    CPPUNIT_ASSERT_EQUAL(std::string("5"), c.take());
    while (c.sleeping()) c.advance(1000);
    CPPUNIT_ASSERT_EQUAL(std::string("35 5.7.8 wrong user name or password\r\n"), c.take());
  }

  void slownessCanBeSwitchedOff() {
    host_->switches["slow_down"] = false;
    CPPUNIT_ASSERT(host_->reconfigure());
    Client c(*host_, "smtp", PH_TLS_NONE);
    for (int i = 0; i < 6; ++i) c.send(i ? "FOO\r\n" : "NOOP\r\n");
    c.take();
    c.send("FOO\r\nNOOP\r\n");
    CPPUNIT_ASSERT(c.take().ends_with("250 2.0.0 OK\r\n"));
  }

  void replyLeavesBeforeObservers() {
    Client c(*host_, "smtp", PH_TLS_NONE);
    toData(c);
    host_->pipeline.slow = true;
    c.send("x\r\n.\r\n");
    expect(c, "250 2.0.0 ");
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_STAGE_ACCEPTED}, host_->pipeline.stages.back());
    CPPUNIT_ASSERT_EQUAL(0, host_->pipeline.live);
  }

 private:
  // Six mistakes, and the slow answer to the last one.
  static void makeSlow(Client& c) {
    c.send("NOOP\r\n");
    for (int i = 0; i < 6; ++i) c.send("FOO\r\n");
    while (c.deadlineAt && !c.output.ends_with("\r\n")) c.advance(1000);
    c.take();
  }

  void toData(Client& c) {
    c.send("HELO client.example\r\nMAIL FROM:<x@far.example>\r\nRCPT TO:<alice@ours.example>\r\nDATA\r\n");
    const std::string replies = c.take();
    CPPUNIT_ASSERT_MESSAGE(replies, replies.find("354 ") != std::string::npos);
  }

  static void expect(Client& c, const std::string& start) {
    const size_t end = c.output.find("\r\n");
    CPPUNIT_ASSERT_MESSAGE("expected " + start, end != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(start, c.output.substr(0, start.size()));
    c.output.erase(0, end + 2);
  }

  std::unique_ptr<FakeHost> host_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SessionTest);

}  // namespace
