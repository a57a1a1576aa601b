// Rejects: what is admitted, what goes again; and what moving out of Rejects and the Introbox means.
#include "db/database.hpp"
#include "store/schema.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {

class RejectsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RejectsTest);
  CPPUNIT_TEST(keepsOneReadCopy);
  CPPUNIT_TEST(oldOnesGo);
  CPPUNIT_TEST(holdsAThousand);
  CPPUNIT_TEST(deliveryRemovesTheCopy);
  CPPUNIT_TEST(movingOutCountsWhereItWasMeant);
  CPPUNIT_TEST(introbox);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    auto options = testOptions();
    options.now = [this] { return now_; };
    store_ = std::make_unique<Store>(env_, "data", options);
    account_ = must(store_->create("ann"));
    inbox_ = must(account_->mailbox("INBOX")).id;
    settings_.rejectsMailbox = "Rejects";
    settings_.introbox = "New";
    apply();
  }
  void tearDown() override { assertClean(*account_); }

  void apply() { store_->setSettings({{"ann", std::make_shared<const AccountSettings>(settings_)}}); }
  std::uint32_t messagesIn(const char* name) { return must(account_->mailbox(name)).messages; }
  MailboxId id(const char* name) { return must(account_->mailbox(name)).id; }

  Appended deliver(const std::string& message, const char* mailbox, bool reject, const char* destined = "") {
    auto r = request(message, mailbox);
    r.createMailbox = true;
    r.delivery.emplace();
    r.delivery->from = {"jane", "example.org"};
    r.delivery->isReject = reject;
    r.delivery->destined = destined;
    return must(account_->append(r));
  }
  Appended reject(const std::string& message) { return deliver(message, "Rejects", true, "INBOX"); }

  void keepsOneReadCopy() {
    CPPUNIT_ASSERT(!reject(text("a")).duplicate);
    CPPUNIT_ASSERT(reject(text("a") + "different bytes\r\n").duplicate);
    CPPUNIT_ASSERT(!reject(text("b")).duplicate);
    CPPUNIT_ASSERT(!reject("Subject: no id\r\n\r\n").duplicate);
    CPPUNIT_ASSERT(reject("Subject: no id\r\n\r\n").duplicate);
    CPPUNIT_ASSERT(!reject("Subject: no id either\r\n\r\n").duplicate);
    CPPUNIT_ASSERT_EQUAL(4U, messagesIn("Rejects"));
    CPPUNIT_ASSERT_EQUAL(0U, must(account_->mailbox("Rejects")).unseen);
  }

  void oldOnesGo() {
    reject(text("old"));
    now_ += 8 * 86400;
    reject(text("newer"));
    must(account_->append(request(text("own"), "Rejects")));
    now_ += 7 * 86400;
    reject(text("newest"));
    CPPUNIT_ASSERT_EQUAL(3U, messagesIn("Rejects"));
    now_ += 30 * 86400;
    settings_.keepRejects = true;
    apply();
    reject(text("kept"));
    CPPUNIT_ASSERT_EQUAL(4U, messagesIn("Rejects"));
    settings_.keepRejects = false;
    apply();
    reject(text("last"));
    CPPUNIT_ASSERT_EQUAL(3U, messagesIn("Rejects"));  // own, kept and last
  }

  void holdsAThousand() {
    for (int i = 0; i < 1000; ++i) CPPUNIT_ASSERT(!reject("Subject: " + std::to_string(i) + "\r\n\r\n").duplicate);
    CPPUNIT_ASSERT(reject(text("one more")).duplicate);
    settings_.keepRejects = true;
    apply();
    CPPUNIT_ASSERT(!reject(text("one more")).duplicate);
    CPPUNIT_ASSERT_EQUAL(1001U, messagesIn("Rejects"));
  }

  void deliveryRemovesTheCopy() {
    reject(text("a"));
    reject(text("b"));
    must(account_->append(request(text("a"), "Archive")));  // no delivery
    CPPUNIT_ASSERT_EQUAL(2U, messagesIn("Rejects"));
    deliver(text("a"), "INBOX", false);
    CPPUNIT_ASSERT_EQUAL(1U, messagesIn("Rejects"));
    CPPUNIT_ASSERT_EQUAL(1U, messagesIn("INBOX"));
  }

  PastQuery fromJane() {
    PastQuery q;
    q.value = "example.org";
    q.localpart = "jane";
    q.mailbox = inbox_;
    return q;
  }

  void movingOutCountsWhereItWasMeant() {
    reject(text("a"));
    must(account_->setFlags(id("Rejects"), kAll, {FlagChange::Add, {0, {"$Junk"}}, {}}));
    CPPUNIT_ASSERT(must(account_->pastDeliveries(fromJane())).empty());
    must(account_->move(id("Rejects"), kAll, id("Junk")));
    const auto past = must(account_->pastDeliveries(fromJane()));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, past.size());
    CPPUNIT_ASSERT(past[0].junk);
    CPPUNIT_ASSERT(!reject(text("a")).duplicate);
  }

  void introbox() {
    must(account_->createMailbox("New"));
    const auto introduce = [&](const char* subject) { return deliver(text(subject), "New", false, "INBOX").uid; };
    const auto only = [](Uid uid) { return UidSet{{uid, uid}}; };
    const auto known = [&] { return must(account_->pastDeliveries(fromJane())).size(); };
    // To where it was meant to go: not junk.
    must(account_->move(id("New"), only(introduce("a")), inbox_));
    CPPUNIT_ASSERT_EQUAL(std::string("$NotJunk"), rows(*account_, inbox_).at(0).keywords);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, known());
    // Junk: counts against it. Elsewhere: nothing is known.
    must(account_->move(id("New"), only(introduce("b")), id("Junk")));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, known());
    must(account_->move(id("New"), only(introduce("c")), id("Archive")));
    CPPUNIT_ASSERT_EQUAL(std::string(), rows(*account_, id("Archive")).at(0).keywords);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, known());
    // With a flag of its own it keeps that.
    const auto uid = introduce("d");
    must(account_->setFlags(id("New"), only(uid), {FlagChange::Add, {0, {"$Junk"}}, {}}));
    must(account_->move(id("New"), only(uid), inbox_));
    CPPUNIT_ASSERT_EQUAL(std::string("$Junk"), rows(*account_, inbox_).at(1).keywords);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, known());
  }

 private:
  std::int64_t now_ = 1'800'000'000;
  env::FaultEnv env_;
  AccountSettings settings_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MailboxId inbox_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RejectsTest);

}  // namespace posthouse::store::testing
