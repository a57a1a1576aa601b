// Making, deleting, renaming and subscribing mailboxes.
#include "store_fixture.hpp"

namespace posthouse::store::testing {

class MailboxTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MailboxTest);
  CPPUNIT_TEST(startsWithDefaults);
  CPPUNIT_TEST(refusesBadNames);
  CPPUNIT_TEST(makesParents);
  CPPUNIT_TEST(deletes);
  CPPUNIT_TEST(renamesWithChildren);
  CPPUNIT_TEST(renamesInbox);
  CPPUNIT_TEST(subscribes);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { account_ = must(store_.create("ann")); }
  void tearDown() override { assertClean(*account_); }

  std::string names() {
    std::string all;
    for (const auto& m : must(account_->mailboxes())) all += (all.empty() ? "" : ",") + m.name;
    return all;
  }

  void startsWithDefaults() {
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX,Archive,Drafts,Junk,Sent,Trash"), names());
    CPPUNIT_ASSERT(must(account_->mailbox("Junk")).use == Use::Junk);
    CPPUNIT_ASSERT(!store_.create("ann"));
    CPPUNIT_ASSERT(!store_.open("bob"));
    for (const char* bad : {"", "../x", "a/b", ".x", "a b"}) CPPUNIT_ASSERT(!store_.create(bad));
  }

  void refusesBadNames() {
    for (const char* bad : {"", "/", "a//b", "/a", "a/", "a\x01", "a\x7f"}) {
      const auto made = account_->createMailbox(bad);
      CPPUNIT_ASSERT_MESSAGE(bad, !made && made.error().kind == ph::Kind::Invalid);
    }
    const auto again = account_->createMailbox("iNbOx");
    CPPUNIT_ASSERT(!again && again.error().kind == ph::Kind::Conflict);
  }

  void makesParents() {
    must(account_->createMailbox("A/B/C"));
    CPPUNIT_ASSERT(must(account_->mailbox("A")).hasChildren);
    CPPUNIT_ASSERT(!must(account_->mailbox("A/B/C")).hasChildren);
    CPPUNIT_ASSERT(must(account_->mailbox("A")).uidValidity != must(account_->mailbox("A/B")).uidValidity);
  }

  void deletes() {
    must(account_->createMailbox("A/B"));
    CPPUNIT_ASSERT(account_->deleteMailbox("A").error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT(account_->deleteMailbox("inbox").error().kind == ph::Kind::Denied);
    CPPUNIT_ASSERT(account_->deleteMailbox("Z").error().kind == ph::Kind::NotFound);
    const auto first = must(account_->mailbox("A/B"));
    must(account_->append(request(text("x"), "A/B")));
    must(account_->deleteMailbox("A/B"));
    must(account_->createMailbox("A/B"));
    const auto second = must(account_->mailbox("A/B"));
    CPPUNIT_ASSERT(second.id != first.id && second.uidValidity > first.uidValidity);
    CPPUNIT_ASSERT_EQUAL(0U, second.messages);
  }

  void renamesWithChildren() {
    must(account_->createMailbox("A/B"));
    must(account_->createMailbox("A0"));
    must(account_->append(request(text("x"), "A/B")));
    CPPUNIT_ASSERT(!account_->renameMailbox("A", "A/C"));
    CPPUNIT_ASSERT(!account_->renameMailbox("A", "Junk"));
    must(account_->renameMailbox("A", "N/M"));
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX,A0,Archive,Drafts,Junk,N,N/M,N/M/B,Sent,Trash"), names());
    const auto renamed = must(account_->mailbox("N/M/B"));
    CPPUNIT_ASSERT_EQUAL(1U, renamed.messages);
    CPPUNIT_ASSERT_EQUAL(1U, must(account_->view(renamed.id))->count());
  }

  void renamesInbox() {
    must(account_->createMailbox("INBOX/Sub"));
    must(account_->append(request(text("x"))));
    must(account_->renameMailbox("INBOX", "Old"));
    CPPUNIT_ASSERT_EQUAL(0U, must(account_->mailbox("INBOX")).messages);
    CPPUNIT_ASSERT_EQUAL(1U, must(account_->mailbox("Old")).messages);
    must(account_->mailbox("INBOX/Sub"));
  }

  void subscribes() {
    must(account_->createMailbox("A"));
    CPPUNIT_ASSERT(!must(account_->mailbox("A")).subscribed);
    must(account_->subscribe("A", true));
    CPPUNIT_ASSERT(!account_->subscribe("Nowhere", true));
    must(account_->deleteMailbox("A"));
    const auto all = must(account_->mailboxes());
    CPPUNIT_ASSERT(all.back().name == "A" && all.back().subscribed && !all.back().exists);
    must(account_->subscribe("A", false));
  }

 private:
  env::FaultEnv env_;
  Store store_{env_, "data", testOptions()};
  std::shared_ptr<Account> account_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MailboxTest);

}  // namespace posthouse::store::testing
