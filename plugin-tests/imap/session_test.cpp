// What a dialogue can't show: memory while a client does not read, two sessions, names of the commands.
#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>

#include "testkit/fake_host.hpp"

namespace {

using ph::testkit::Client;
using ph::testkit::FakeHost;

constexpr size_t kMostOutput = 256 * 1024;  // what may wait for a client that does not read

class ImapSessionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ImapSessionTest);
  CPPUNIT_TEST(largeMessageWaitsForTheClient);
  CPPUNIT_TEST(decodedPartsWaitForTheClient);
  CPPUNIT_TEST(manyRowsWaitForTheClient);
  CPPUNIT_TEST(manyChangesWaitForTheClient);
  CPPUNIT_TEST(messagesExpungedMeanwhileAreLeftOut);
  CPPUNIT_TEST(manyMailboxesWaitForTheClient);
  CPPUNIT_TEST(pipelinedCommandsWaitForTheClient);
  CPPUNIT_TEST(clientThatNeverReadsIsClosed);
  CPPUNIT_TEST(literalsThatNeverComeEndInTime);
  CPPUNIT_TEST(idleSessionIsWokenByItsMailboxOnly);
  CPPUNIT_TEST(closingFreesEverything);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    host_ = std::make_unique<FakeHost>();
    host_->accounts = {{"a", "a"}};
    host_->passwords = {{"a", "p"}};
    host_->store.add("a");
    host_->store.mailbox("a", "Other");
    CPPUNIT_ASSERT(host_->start(PH_BINARY_DIR "/plugins/imap.so"));
  }
  void tearDown() override {
    CPPUNIT_ASSERT_EQUAL(0, host_->messages);
    CPPUNIT_ASSERT_EQUAL(0, host_->store.views);
    CPPUNIT_ASSERT_EQUAL(0, host_->store.opened);
    CPPUNIT_ASSERT_EQUAL(0, host_->store.watches);
    host_.reset();
  }

  void largeMessageWaitsForTheClient() {
    const std::string bytes = "Subject: large\r\n\r\n" + std::string(3'000'000, 'x');
    host_->store.deliver("a", "INBOX", bytes);
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.stalled = true;
    c.send("f FETCH 1 BODY.PEEK[]\r\n");
    CPPUNIT_ASSERT(c.unsent > 0 && c.unsent < kMostOutput);
    c.unstall();
    CPPUNIT_ASSERT_EQUAL(
        "* 1 FETCH (BODY[] {" + std::to_string(bytes.size()) + "}\r\n" + bytes + ")\r\nf OK fetched\r\n", c.take());
  }

  void decodedPartsWaitForTheClient() {
    const std::string line = std::string(76, 'A') + "\r\n";
    std::string bytes = "Content-Transfer-Encoding: base64\r\n\r\n";
    for (int i = 0; i < 20'000; ++i) bytes += line;
    host_->store.deliver("a", "INBOX", bytes);
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.stalled = true;
    std::string items, expected;
    for (int i = 0; i < 3; ++i) {
      items += std::string(i > 0 ? " " : "") + "BINARY.PEEK[1]";
      expected += std::string(i > 0 ? " " : "") + "BINARY[1] ~{1140000}\r\n" + std::string(1'140'000, '\0');
    }
    c.send("f FETCH 1 (" + items + ")\r\n");
    CPPUNIT_ASSERT(c.unsent > 0 && c.unsent < kMostOutput);
    c.unstall();
    CPPUNIT_ASSERT(c.take() == "* 1 FETCH (" + expected + ")\r\nf OK fetched\r\n");
  }

  void manyRowsWaitForTheClient() {
    for (int i = 0; i < 3000; ++i) host_->store.deliver("a", "INBOX", "Subject: " + std::string(900, 's') + "\r\n\r\n");
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.stalled = true;
    c.send("f FETCH 1:* ENVELOPE\r\n");
    CPPUNIT_ASSERT(c.unsent > 0 && c.unsent < kMostOutput);
    c.unstall();
    const std::string out = c.take();
    CPPUNIT_ASSERT(out.find("* 3000 FETCH (ENVELOPE") != out.npos);
    CPPUNIT_ASSERT(out.ends_with("f OK fetched\r\n"));
  }

  void manyChangesWaitForTheClient() {
    for (int i = 0; i < 5000; ++i) host_->store.deliver("a", "INBOX", "x");
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    Client idle(*host_, "imap", PH_TLS_IMPLICIT);
    open(idle);
    idle.send("i IDLE\r\n");
    idle.take();
    idle.stalled = true;
    Client other(*host_, "imap", PH_TLS_IMPLICIT);
    open(other);
    const auto look = [&](Client& who, const std::string& command, const char* last, ptrdiff_t lines) {
      who.stalled = true;
      who.send(command);
      host_->deliverWakes();
      CPPUNIT_ASSERT(who.unsent > 0 && who.unsent < kMostOutput);
      who.unstall();
      const std::string out = who.take();
      CPPUNIT_ASSERT_EQUAL(lines, std::count(out.begin(), out.end(), '\n'));
      CPPUNIT_ASSERT_MESSAGE(out.substr(out.size() - std::min<size_t>(out.size(), 200)), out.ends_with(last));
    };
    other.send("s STORE 1:* FLAGS.SILENT (\\Deleted " + std::string(100, 'k') + ")\r\n");
    look(c, "n NOOP\r\n", "n OK done\r\n", 5003);
    look(idle, "", ")\r\n", 5002);
    other.take();
    other.send("e UID EXPUNGE 2:5000\r\n");
    look(c, "h FETCH 1 UID\r\nn NOOP\r\n", "* 2 EXPUNGE\r\nn OK done\r\n", 5002);
    idle.send("DONE\r\n");
    const std::string out = idle.take();
    CPPUNIT_ASSERT(out.ends_with("* 2 EXPUNGE\r\ni OK done\r\n"));
    CPPUNIT_ASSERT_EQUAL(ptrdiff_t{5000}, std::count(out.begin(), out.end(), '\n'));
  }

  void messagesExpungedMeanwhileAreLeftOut() {
    for (int i = 0; i < 100; ++i) host_->store.deliver("a", "INBOX", "Subject: x\r\n\r\n" + std::string(10'000, 'x'));
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.stalled = true;
    c.send("f FETCH 1:* (UID BODY.PEEK[TEXT])\r\n");
    Client other(*host_, "imap", PH_TLS_IMPLICIT);
    open(other);
    other.send("s STORE 90:100 +FLAGS.SILENT (\\Deleted)\r\ne EXPUNGE\r\n");
    c.unstall();
    const std::string out = c.take();
    CPPUNIT_ASSERT(out.find("* 89 FETCH (UID 89 BODY[TEXT] {10000}") != out.npos);
    CPPUNIT_ASSERT(out.find("* 90 FETCH") == out.npos && out.find("NIL") == out.npos);
    CPPUNIT_ASSERT(out.find("f OK [EXPUNGEISSUED]") != out.npos);
  }

  void manyMailboxesWaitForTheClient() {
    for (int i = 0; i < 1000; ++i) host_->store.mailbox("a", "m" + std::to_string(i) + std::string(500, 'x'));
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.stalled = true;
    c.send("l LIST \"\" *\r\n");
    CPPUNIT_ASSERT(c.unsent > 0 && c.unsent < kMostOutput);
    c.unstall();
    const std::string out = c.take();
    CPPUNIT_ASSERT_EQUAL(ptrdiff_t{1003}, std::count(out.begin(), out.end(), '\n'));
    CPPUNIT_ASSERT(out.ends_with("l OK done\r\n"));
  }

  void pipelinedCommandsWaitForTheClient() {
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.stalled = true;
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += "x CAPABILITY\r\n";
    c.send(many);
    CPPUNIT_ASSERT(c.unsent > 0 && c.unsent < kMostOutput);
    c.unstall();
    CPPUNIT_ASSERT(c.input.empty());
    CPPUNIT_ASSERT(c.take().size() > 2'000'000);
  }

  void clientThatNeverReadsIsClosed() {
    host_->store.deliver("a", "INBOX", std::string(1'000'000, 'x'));
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.stalled = true;
    c.send("f FETCH 1 BODY.PEEK[]\r\n");
    c.advance(5 * 60'000 - 1);
    CPPUNIT_ASSERT(c.open);
    c.advance(1);
    CPPUNIT_ASSERT(!c.open);
  }

  // tearDown sees that no message is left of them.
  void literalsThatNeverComeEndInTime() {
    for (const char* begun : {"a LOGIN {5}\r\n", "a LOGIN {5}\r\nx", "a LOGIN {10485760}\r\n"}) {
      Client c(*host_, "imap", PH_TLS_IMPLICIT);
      c.send(begun);
      c.advance(30'000 - 1);
      CPPUNIT_ASSERT_MESSAGE(begun, c.open);
      c.advance(1);
      CPPUNIT_ASSERT_MESSAGE(begun, !c.open);
    }
    host_->store.deliver("a", "INBOX", "one\r\n");
    for (const char* begun :
         {"a APPEND INBOX {1000000}\r\n", "a APPEND INBOX {1000000}\r\nx", "a APPEND INBOX {3+}\r\nabc {1000000}\r\n",
          "a REPLACE 1 INBOX {1000000}\r\n", "a SETMETADATA INBOX (/private/comment {65535}\r\n",
          "a SEARCH SUBJECT {100000}\r\n", "a SEARCH SUBJECT {3}\r\nabc TEXT {100}\r\n", "a CREATE {3+}\r\nab",
          "a IDLE\r\nDONE {5}\r\n", "a APPEND {5}\r\n", "a SETMETADATA INBOX (/private/comment {10485760}\r\n"}) {
      Client c(*host_, "imap", PH_TLS_IMPLICIT);
      open(c);
      c.send(begun);
      CPPUNIT_ASSERT_MESSAGE(begun, c.open);
      c.advance(30 * 60'000 - 1);
      CPPUNIT_ASSERT_MESSAGE(begun, c.open);
      c.advance(1);
      CPPUNIT_ASSERT_MESSAGE(begun, !c.open);
    }
  }

  void idleSessionIsWokenByItsMailboxOnly() {
    Client c(*host_, "imap", PH_TLS_IMPLICIT);
    open(c);
    c.send("i IDLE\r\n");
    CPPUNIT_ASSERT_EQUAL(1, host_->store.watches);
    c.take();
    const int runs = c.runs;
    host_->store.deliver("a", "Other", "x\r\n");
    host_->deliverWakes();
    CPPUNIT_ASSERT_EQUAL(runs, c.runs);
    host_->store.deliver("a", "INBOX", "x\r\n");
    host_->deliverWakes();
    CPPUNIT_ASSERT_EQUAL(std::string("* 1 EXISTS\r\n"), c.take());
    c.send("DONE\r\n");
    CPPUNIT_ASSERT_EQUAL(0, host_->store.watches);
  }

  // tearDown looks at the counts.
  void closingFreesEverything() {
    host_->store.deliver("a", "INBOX", std::string(1'000'000, 'x'));
    Client idle(*host_, "imap", PH_TLS_IMPLICIT);
    open(idle);
    idle.send("i IDLE\r\n");
    Client fetching(*host_, "imap", PH_TLS_IMPLICIT);
    open(fetching);
    fetching.stalled = true;
    fetching.send("f FETCH 1 BODY.PEEK[]\r\n");
    Client appending(*host_, "imap", PH_TLS_IMPLICIT);
    open(appending);
    appending.send("a APPEND INBOX {100+}\r\nabc");
    CPPUNIT_ASSERT(host_->messages > 0);
  }

 private:
  static void open(Client& c) {
    c.send("l LOGIN a p\r\ns SELECT INBOX\r\n");
    const std::string out = c.take();
    CPPUNIT_ASSERT(out.ends_with("s OK [READ-WRITE] selected\r\n"));
  }

  std::unique_ptr<FakeHost> host_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ImapSessionTest);

}  // namespace
