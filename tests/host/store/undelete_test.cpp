// Undelete: what is kept, what comes back and how, and when it is gone for good.
#include "store/undelete.hpp"

#include "store_fixture.hpp"

namespace posthouse::store::testing {

class UndeleteTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(UndeleteTest);
  CPPUNIT_TEST(comesBackAsItWas);
  CPPUNIT_TEST(goesAtOnceWithoutSetting);
  CPPUNIT_TEST(isForgottenOnTime);
  CPPUNIT_TEST(deletedMailboxIsMadeAnew);
  CPPUNIT_TEST(renamedMailboxGetsItsMail);
  CPPUNIT_TEST(copiesAreApart);
  CPPUNIT_TEST(replacedCanComeBack);
  CPPUNIT_TEST(filters);
  CPPUNIT_TEST(quotaHolds);
  CPPUNIT_TEST(damagedFileIsReported);
  CPPUNIT_TEST(rebuildKnowsThem);
  CPPUNIT_TEST(placesOfACrashStay);
  CPPUNIT_TEST(manyInBatches);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    now_ = 1'800'000'000;
    env_ = std::make_unique<env::FaultEnv>();
    Options o = testOptions();
    o.now = [this] { return now_; };
    o.placesAfter = 2;
    store_ = std::make_unique<Store>(*env_, "data", o);
    keep(100);
    account_ = must(store_->create("ann"));
  }
  void tearDown() override {
    account_.reset();
    store_.reset();
    env_.reset();
  }

  void keep(std::int64_t seconds, std::uint64_t quota = 0) {
    AccountSettings s;
    s.keepRemoved = seconds;
    s.quota = quota;
    store_->setSettings({{"ann", std::make_shared<const AccountSettings>(s)}});
  }
  MailboxId box(const char* name) { return must(account_->mailbox(name)).id; }
  Appended add(const std::string& subject, const std::string& mailbox = "INBOX", FlagSet flags = {}) {
    const auto message = text(subject);
    auto r = request(message, mailbox);
    r.flags = std::move(flags);
    return must(account_->append(r));
  }
  void expunge(const char* mailbox, UidSet uids = kAll) { must(account_->expunge(box(mailbox), uids, true)); }
  Undeleted restore(const RemovedFilter& filter = {}) {
    Undeleted done;
    must(undelete(*account_, filter, done));
    return done;
  }
  std::size_t listed(const RemovedFilter& filter = {}) { return must(listRemoved(*account_, filter)).size(); }
  bool fileIsThere(MessageId id) { return env_->info("data/ann/msg/0/" + std::to_string(id)).ok(); }
  void reopen() {
    account_.reset();
    store_->closeIdle(0);
    account_ = must(store_->open("ann"));
  }

  void comesBackAsItWas() {
    const auto one = add("one", "INBOX", {kSeen | kFlagged, {"Work", "Later"}});
    add("two");
    must(account_->setFlags(box("INBOX"), {{1, 1}}, {FlagChange::Add, {kDeleted, {}}, {}}));
    const auto before = rows(*account_, box("INBOX"));
    must(account_->expunge(box("INBOX"), kAll));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rows(*account_, box("INBOX")).size());
    CPPUNIT_ASSERT(fileIsThere(one.id));
    assertClean(*account_);
    must(account_->maintain());
    reopen();
    CPPUNIT_ASSERT(fileIsThere(one.id));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore().messages);
    const auto after = rows(*account_, box("INBOX"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, after.size());
    const auto& row = after[1];
    CPPUNIT_ASSERT_EQUAL(Uid{3}, row.uid);
    CPPUNIT_ASSERT_EQUAL(one.id, row.id);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{kSeen | kFlagged}, row.flags);
    CPPUNIT_ASSERT_EQUAL(std::string("Later Work"), row.keywords);
    CPPUNIT_ASSERT_EQUAL(before[0].date, row.date);
    CPPUNIT_ASSERT_EQUAL(before[0].zone, row.zone);
    CPPUNIT_ASSERT_EQUAL(before[0].envelope, row.envelope);
    CPPUNIT_ASSERT_EQUAL(before[0].structure, row.structure);
    CPPUNIT_ASSERT_EQUAL(before[0].parts, row.parts);
    CPPUNIT_ASSERT_EQUAL(text("one"), content(*account_, row.id));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, listed());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, restore().messages);
    assertClean(*account_);
  }

  void goesAtOnceWithoutSetting() {
    keep(0);
    const auto id = add("one").id;
    expunge("INBOX");
    CPPUNIT_ASSERT(!fileIsThere(id));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, listed());
    assertClean(*account_);
  }

  void isForgottenOnTime() {
    const auto one = add("one").id;
    const auto two = add("two").id;
    expunge("INBOX", {{1, 1}});
    now_ += 60;
    expunge("INBOX", {{2, 2}});
    now_ += 39;
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, listed());
    now_ += 1;
    must(account_->maintain());
    CPPUNIT_ASSERT(!fileIsThere(one));
    CPPUNIT_ASSERT(fileIsThere(two));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, listed());
    keep(0);  // holds for what was removed before, too
    must(account_->maintain());
    CPPUNIT_ASSERT(!fileIsThere(two));
    assertClean(*account_);
    CPPUNIT_ASSERT(add("three").id > two);
  }

  void deletedMailboxIsMadeAnew() {
    must(account_->createMailbox("Work/Papers", Use::Flagged));
    add("one", "Work/Papers");
    add("two", "Work/Papers");
    expunge("Work/Papers", {{1, 1}});
    must(account_->deleteMailbox("Work/Papers"));
    must(account_->deleteMailbox("Work"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, listed({.mailbox = "Work/Papers"}));
    assertClean(*account_);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, restore().messages);
    const auto made = must(account_->mailbox("Work/Papers"));
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{2}, made.messages);
    CPPUNIT_ASSERT(made.use == Use::Flagged);
    must(account_->maintain());
    assertClean(*account_);
  }

  void renamedMailboxGetsItsMail() {
    must(account_->createMailbox("Old"));
    add("one", "Old");
    expunge("Old");
    must(account_->renameMailbox("Old", "New"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, listed({.mailbox = "New"}));
    restore();
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, must(account_->mailbox("New")).messages);
  }

  void replacedCanComeBack() {
    add("draft");
    const auto fresh = text("final");
    must(account_->appendAll({request(fresh)}, Replaced{box("INBOX"), 1}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rows(*account_, box("INBOX")).size());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore().messages);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, rows(*account_, box("INBOX")).size());
    assertClean(*account_);
  }

  void copiesAreApart() {
    const auto id = add("one").id;
    must(account_->copy(box("INBOX"), kAll, box("Archive")));
    expunge("INBOX");
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, listed());  // this row can come back, whatever happens to the copy
    assertClean(*account_);
    expunge("Archive");
    assertClean(*account_);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore({.mailbox = "Archive"}).messages);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore().messages);
    CPPUNIT_ASSERT_EQUAL(id, rows(*account_, box("INBOX")).at(0).id);
    CPPUNIT_ASSERT_EQUAL(id, rows(*account_, box("Archive")).at(0).id);
    assertClean(*account_);
    expunge("INBOX");
    now_ += 1000;
    must(account_->maintain());  // the file has another row
    CPPUNIT_ASSERT_EQUAL(text("one"), content(*account_, id));
    assertClean(*account_);
  }

  void filters() {
    for (const char* subject : {"a", "b", "c"}) add(subject);
    add("d", "Archive");
    expunge("INBOX", {{1, 1}});
    now_ += 10;
    expunge("INBOX");
    expunge("Archive");
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, listed());
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, listed({.since = now_}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, listed({.mailbox = "inbox", .since = now_}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, listed({.messageId = "c@example.org"}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, listed({.mailbox = "Archive", .messageId = "c@example.org"}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, listed({.max = 2}));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore({.messageId = "c@example.org"}).messages);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore({.mailbox = "Archive"}).messages);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, listed());
  }

  void quotaHolds() {
    add("one");
    expunge("INBOX");
    keep(100, 350);
    add("two");  // what can be restored does not count
    Undeleted done;
    const auto status = undelete(*account_, {}, done);
    CPPUNIT_ASSERT(!status && status.error().kind == ph::Kind::Quota);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, listed());
    keep(100);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore().messages);
    assertClean(*account_);
  }

  void damagedFileIsReported() {
    const auto one = add("one").id;
    add("two");
    expunge("INBOX");
    env_->damage("data/ann/msg/0/" + std::to_string(one), [](std::string& s) { s.back() ^= 1; });
    const auto report = must(verify(*account_, {true, false}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, report.problems.size());
    CPPUNIT_ASSERT(report.problems[0].kind == Problem::Content);
    const auto done = restore();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, done.messages);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, done.said.size());
  }

  // With a sound index they stay removed; one whose file is gone is dropped and told.
  void rebuildKnowsThem() {
    const auto one = add("one").id;
    add("two");
    add("three");
    expunge("INBOX", {{1, 2}});
    account_.reset();
    must(env_->unlink("data/ann/msg/0/" + std::to_string(one)));
    const auto report = must(store_->rebuild("ann"));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, report.added);
    account_ = must(store_->open("ann"));
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, must(account_->mailbox("INBOX")).messages);
    assertClean(*account_);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, restore().messages);
    assertClean(*account_);
  }

  // A file that was made ahead, became a message and was expunged, all before a power cut: its batch is still named
  // in tmp/, which must not cost the file.
  void placesOfACrashStay() {
    for (const char* subject : {"a", "b", "c", "d", "e"}) add(subject);
    expunge("INBOX", {{3, 5}});
    env_->cutAt(1);
    const auto disk = env_->disk();
    account_.reset();
    store_.reset();
    env_->powerCut(disk, env::Cut::Keep, 1);
    Options o = testOptions();
    o.now = [this] { return now_; };
    store_ = std::make_unique<Store>(*env_, "data", o);
    keep(100);
    account_ = must(store_->open("ann"));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, restore().messages);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{5}, must(account_->mailbox("INBOX")).messages);
    assertClean(*account_);
  }

  void manyInBatches() {
    for (int i = 0; i < 200; ++i) add("m" + std::to_string(i));
    expunge("INBOX");
    const auto done = restore();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{200}, done.messages);
    const auto all = rows(*account_, box("INBOX"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{200}, all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      CPPUNIT_ASSERT_EQUAL(text("m" + std::to_string(i)), content(*account_, all[i].id));
    assertClean(*account_);
  }

 private:
  std::int64_t now_ = 0;
  std::unique_ptr<env::FaultEnv> env_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(UndeleteTest);

}  // namespace posthouse::store::testing
