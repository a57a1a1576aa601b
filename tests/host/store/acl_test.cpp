// Access control lists: combining, setting, inheriting, what a viewer may do, what a rebuild keeps.
#include "store/viewer.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {

using ph::imap::parseRights;
using ph::imap::rightsText;

class AclTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AclTest);
  CPPUNIT_TEST(combines);
  CPPUNIT_TEST(setsAndRemoves);
  CPPUNIT_TEST(refuses);
  CPPUNIT_TEST(followsMailboxes);
  CPPUNIT_TEST(eachRightAllowsItsCalls);
  CPPUNIT_TEST(veils);
  CPPUNIT_TEST(limitsFlags);
  CPPUNIT_TEST(readsByMessage);
  CPPUNIT_TEST(managesMailboxes);
  CPPUNIT_TEST(copiesBetweenAccounts);
  CPPUNIT_TEST(copiesAllOrNone);
  CPPUNIT_TEST(annotates);
  CPPUNIT_TEST(tellsWatchers);
  CPPUNIT_TEST(survivesReopening);
  CPPUNIT_TEST(snapshotsProveWhatNobodyTookBack);
  CPPUNIT_TEST(noPowerCutBringsRightsBack);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    ann_ = must(store_.create("ann"));
    bob_ = must(store_.create("bob"));
    work_ = must(ann_->createMailbox("Work"));
  }
  void tearDown() override {
    if (ann_) assertClean(*ann_);
    assertClean(*bob_);
  }

  void grant(MailboxId mailbox, const std::string& who, const std::string& letters) {
    must(ann_->setAcl(mailbox, who, AclMode::Replace, *parseRights(letters)));
  }
  std::string rights(MailboxId mailbox, const std::string& who = "bob") {
    return rightsText(must(ann_->rights(mailbox, who)));
  }
  Viewer bob() { return Viewer(ann_, "bob"); }
  template <class T>
  static ph::Kind kindOf(const ph::Result<T>& result) {
    return result ? ph::Kind{0} : result.error().kind;
  }
  static ph::Kind kindOf(const ph::Status& status) { return status ? ph::Kind{0} : status.error().kind; }

  void combines() {
    struct {
      AclEntries entries;
      const char* rights;
    } cases[] = {
        {{}, ""},
        {{{"bob", *parseRights("lr")}}, "lr"},
        {{{"carl", *parseRights("lr")}}, ""},
        {{{"anyone", *parseRights("l")}, {"bob", *parseRights("r")}}, "lr"},
        {{{"-bob", *parseRights("r")}, {"anyone", *parseRights("lr")}}, "l"},
        {{{"-anyone", *parseRights("r")}, {"bob", *parseRights("lrs")}}, "ls"},
        {{{"-carl", *parseRights("r")}, {"bob", *parseRights("lr")}}, "lr"},
        {{{"-bob", *parseRights("lr")}}, ""},
    };
    for (const auto& c : cases) CPPUNIT_ASSERT_EQUAL(std::string(c.rights), rightsText(rightsOf(c.entries, "bob")));
    CPPUNIT_ASSERT(!parseRights("lrQ") && !parseRights("q") && !parseRights("0"));
    CPPUNIT_ASSERT_EQUAL(std::string("kxtecd"), rightsText(*parseRights("cd")));
  }

  void setsAndRemoves() {
    grant(work_, "bob", "lr");
    must(ann_->setAcl(work_, "bob", AclMode::Add, *parseRights("s")));
    CPPUNIT_ASSERT_EQUAL(std::string("lrs"), rights(work_));
    must(ann_->setAcl(work_, "bob", AclMode::Remove, *parseRights("rw")));
    CPPUNIT_ASSERT_EQUAL(std::string("ls"), rights(work_));
    grant(work_, "-bob", "s");
    CPPUNIT_ASSERT_EQUAL(std::string("l"), rights(work_));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, must(ann_->acl(work_)).size());
    grant(work_, "bob", "");
    CPPUNIT_ASSERT_EQUAL(std::string("-bob"), must(ann_->acl(work_)).front().identifier);
    CPPUNIT_ASSERT_EQUAL(std::string(), rights(work_));
  }

  void refuses() {
    CPPUNIT_ASSERT(ann_->setAcl(work_, "ann", AclMode::Replace, 0).error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT(ann_->setAcl(work_, "-ann", AclMode::Add, 1).error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT(ann_->setAcl(99, "bob", AclMode::Add, 1).error().kind == ph::Kind::NotFound);
    for (std::size_t i = 0; i < Account::kMaxAclEntries; ++i) grant(work_, "u" + std::to_string(i), "l");
    CPPUNIT_ASSERT(ann_->setAcl(work_, "bob", AclMode::Add, 1).error().kind == ph::Kind::Limit);
    grant(work_, "u7", "lr");
    grant(work_, "u7", "");
    grant(work_, "bob", "l");
    // Children inherit, and an account has a limit of its own.
    int children = 0;
    for (; children < 200; ++children) {
      const auto made = ann_->createMailbox("Work/" + std::to_string(children));
      if (made) continue;
      CPPUNIT_ASSERT(made.error().kind == ph::Kind::Limit);
      break;
    }
    CPPUNIT_ASSERT_EQUAL(99, children);
    must(ann_->createMailbox("Elsewhere"));
    CPPUNIT_ASSERT(ann_->setAcl(must(ann_->mailbox("Elsewhere")).id, "bob", AclMode::Add, 1).error().kind ==
                   ph::Kind::Limit);
    must(ann_->setAcl(work_, "bob", AclMode::Add, right::kRead));
  }

  void followsMailboxes() {
    grant(work_, "bob", "lr");
    const auto child = must(ann_->createMailbox("Work/2026/May"));
    CPPUNIT_ASSERT_EQUAL(std::string("lr"), rights(child));
    must(ann_->renameMailbox("Work", "Old/Work"));
    CPPUNIT_ASSERT_EQUAL(std::string("lr"), rights(child));
    CPPUNIT_ASSERT_EQUAL(std::string(), rights(must(ann_->mailbox("Old")).id));
    must(ann_->deleteMailbox("Old/Work/2026/May"));
    CPPUNIT_ASSERT(must(ann_->acl(child)).empty());
    const auto again = must(ann_->createMailbox("May"));
    CPPUNIT_ASSERT_EQUAL(std::string(), rights(again));
    CPPUNIT_ASSERT(kindOf(ann_->createMailbox("Other Users/x")) == ph::Kind::Invalid);
    CPPUNIT_ASSERT(ann_->renameMailbox("May", "Other Users").error().kind == ph::Kind::Invalid);
  }

  // With every right but one the call is refused, with that one (and what shows the mailbox) it is not.
  void eachRightAllowsItsCalls() {
    const auto uid = must(ann_->append(request(text("x"), "Work"))).uid;
    const UidSet one{{uid, uid}};
    const FlagChange seen{FlagChange::Add, {kSeen, {}}}, deleted{FlagChange::Add, {kDeleted, {}}},
        word{FlagChange::Add, {0, {"word"}}};
    struct {
      const char* needed;
      std::function<ph::Kind()> call;
    } cases[] = {
        {"r", [&] { return kindOf(bob().view(work_)); }},
        {"r", [&] { return kindOf(bob().query(work_, 1, 9, 0, 9, 9999)); }},
        {"r", [&] { return kindOf(bob().changesSince(work_, 1)); }},
        {"r", [&] { return kindOf(bob().open(must(ann_->query(work_, 1, 9, 0)).rows.at(0).id)); }},
        {"r", [&] { return kindOf(bob().copyTo(Viewer(bob_), work_, one, must(bob_->mailbox("INBOX")).id, false)); }},
        {"i", [&] { return kindOf(bob().append(request(text("y"), "Work"))); }},
        {"i", [&] { return kindOf(bob().appendAll({request(text("y"), "Work")}, {})); }},
        {"s", [&] { return kindOf(bob().setFlags(work_, one, seen)); }},
        {"t", [&] { return kindOf(bob().setFlags(work_, one, deleted)); }},
        {"w", [&] { return kindOf(bob().setFlags(work_, one, word)); }},
        {"e",
         [&] {
           return kindOf(bob().expunge(work_, {{999, 999}}));
         }},
        {"k", [&] { return kindOf(bob().createMailbox("Work/" + std::to_string(++made_), Use::None)); }},
        {"a", [&] { return kindOf(bob().acl(work_)); }},
        {"a", [&] { return kindOf(bob().setAcl(work_, "carl", AclMode::Add, 1)); }},
    };
    int n = 0;
    for (const auto& c : cases) {
      const auto label = std::to_string(n++) + " " + c.needed;
      grant(work_, "bob", "lrswipkxtea");
      CPPUNIT_ASSERT_MESSAGE(label, c.call() == ph::Kind{0});
      must(ann_->setAcl(work_, "bob", AclMode::Remove, *parseRights(c.needed)));
      const auto kind = c.call();
      CPPUNIT_ASSERT_MESSAGE(label + " refused", kind == ph::Kind::Denied || kind == ph::Kind::NotFound);
      grant(work_, "bob", std::string("lr") + c.needed);
      CPPUNIT_ASSERT_MESSAGE(label + " allowed", c.call() == ph::Kind{0});
    }
    grant(work_, "bob", "lrswipkxtea");
    CPPUNIT_ASSERT(bob().subscribe("Work", true).error().kind == ph::Kind::Denied);
    CPPUNIT_ASSERT(kindOf(bob().usage()) == ph::Kind::Denied);
  }

  void veils() {
    must(ann_->append(request(text("x"), "Work")));
    CPPUNIT_ASSERT(must(bob().mailboxes()).empty());
    CPPUNIT_ASSERT(kindOf(bob().mailbox("Work")) == ph::Kind::NotFound);
    CPPUNIT_ASSERT(bob().need(work_, right::kInsert).error().kind == ph::Kind::NotFound);
    grant(work_, "bob", "l");
    const auto seen = must(bob().mailboxes());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, seen.size());
    CPPUNIT_ASSERT(seen[0].name == "Work" && seen[0].messages == 0);
    CPPUNIT_ASSERT(bob().need(work_, right::kInsert).error().kind == ph::Kind::Denied);
    grant(work_, "bob", "r");
    CPPUNIT_ASSERT(must(bob().mailboxes()).empty());
    CPPUNIT_ASSERT_EQUAL(1U, must(bob().mailbox("Work")).messages);
    grant(must(ann_->mailbox("Junk")).id, "bob", "lr");
    CPPUNIT_ASSERT(must(bob().mailbox("Junk")).use == Use::None);
  }

  void limitsFlags() {
    const auto uid = must(ann_->append(request(text("x"), "Work"))).uid;
    const auto flags = [&] {
      const auto row = rows(*ann_, work_).back();
      return std::to_string(row.flags) + " " + row.keywords;
    };
    const FlagSet all{kAllFlags, {"word"}};
    grant(work_, "bob", "lrs");
    must(bob().setFlags(work_, {{uid, uid}}, {FlagChange::Replace, all}));
    CPPUNIT_ASSERT_EQUAL(std::string("1 "), flags());
    grant(work_, "bob", "lrw");
    must(bob().setFlags(work_, {{uid, uid}}, {FlagChange::Replace, {kFlagged, {"word"}}}));
    CPPUNIT_ASSERT_EQUAL(std::string("5 word"), flags());
    grant(work_, "bob", "lrt");
    must(bob().setFlags(work_, {{uid, uid}}, {FlagChange::Replace, {}}));
    CPPUNIT_ASSERT_EQUAL(std::string("5 word"), flags());
    grant(work_, "bob", "lrit");
    const auto y = text("y");
    auto r = request(y, "Work");
    r.flags = all;
    must(bob().append(r));
    CPPUNIT_ASSERT_EQUAL(std::string("8 "), flags());
    // RFC 4314 4: flags without a right are lost on COPY.
    const auto inbox = must(ann_->mailbox("INBOX")).id;
    const auto third = text("z");
    auto from = request(third);
    from.flags = all;
    const auto z = must(ann_->append(from)).uid;
    grant(inbox, "bob", "lr");
    grant(work_, "bob", "lriw");
    must(bob().copy(inbox, {{z, z}}, work_));
    CPPUNIT_ASSERT_EQUAL(std::string("22 word"), flags());
    CPPUNIT_ASSERT(kindOf(bob().move(inbox, {{z, z}}, work_)) == ph::Kind::Denied);
    grant(inbox, "bob", "lrte");
    must(bob().move(inbox, {{z, z}}, work_));
    CPPUNIT_ASSERT_EQUAL(0U, must(ann_->mailbox("INBOX")).messages);
  }

  void readsByMessage() {
    const auto id = must(ann_->append(request(text("x")))).id;
    grant(work_, "bob", "lr");
    CPPUNIT_ASSERT(kindOf(bob().open(id)) == ph::Kind::NotFound);
    must(ann_->copy(must(ann_->mailbox("INBOX")).id, kAll, work_));
    must(bob().open(id));
  }

  void managesMailboxes() {
    grant(work_, "bob", "l");
    const auto v = bob();
    CPPUNIT_ASSERT(kindOf(v.createMailbox("Work/a", Use::None)) == ph::Kind::Denied);
    CPPUNIT_ASSERT(kindOf(v.createMailbox("New", Use::None)) == ph::Kind::Denied);
    CPPUNIT_ASSERT(kindOf(v.createMailbox("INBOX/x", Use::None)) == ph::Kind::Denied);
    grant(work_, "bob", "lk");
    must(v.createMailbox("Work/a/b", Use::Sent));
    CPPUNIT_ASSERT(must(ann_->mailbox("Work/a/b")).use == Use::None);
    CPPUNIT_ASSERT(v.deleteMailbox("Work/a/b").error().kind == ph::Kind::Denied);
    CPPUNIT_ASSERT(v.deleteMailbox("Trash").error().kind == ph::Kind::NotFound);
    CPPUNIT_ASSERT(v.renameMailbox("Work/a/b", "Work/c").error().kind == ph::Kind::Denied);
    const auto b = must(ann_->mailbox("Work/a/b")).id;
    grant(b, "bob", "lx");
    CPPUNIT_ASSERT(v.renameMailbox("Work/a/b", "Top").error().kind == ph::Kind::Denied);
    must(v.renameMailbox("Work/a/b", "Work/c"));
    must(v.deleteMailbox("Work/c"));
    grant(must(ann_->mailbox("INBOX")).id, "bob", "lrswipkxtea");
    CPPUNIT_ASSERT(v.renameMailbox("INBOX", "Work/d").error().kind == ph::Kind::Denied);
  }

  void copiesBetweenAccounts() {
    const auto message = text("x");
    auto r = request(message, "Work");
    r.flags = {kSeen | kFlagged, {"word"}};
    const auto x = must(ann_->append(r));
    grant(work_, "bob", "lr");
    const auto inbox = must(bob_->mailbox("INBOX")).id;
    const auto done = must(bob().copyTo(Viewer(bob_), work_, kAll, inbox, false));
    CPPUNIT_ASSERT(done.uids == (std::vector<std::pair<Uid, Uid>>{{x.uid, 1}}));
    CPPUNIT_ASSERT_EQUAL(must(bob_->mailbox("INBOX")).uidValidity, done.uidValidity);
    const auto row = rows(*bob_, inbox).at(0);
    CPPUNIT_ASSERT(row.flags == (kSeen | kFlagged) && row.keywords == "word" && row.date == r.date && row.zone == 60);
    CPPUNIT_ASSERT_EQUAL(content(*ann_, x.id), content(*bob_, row.id));
    CPPUNIT_ASSERT(kindOf(bob().copyTo(Viewer(bob_), work_, kAll, inbox, true)) == ph::Kind::Denied);
    // The other way round: its own mail into another's mailbox.
    CPPUNIT_ASSERT(kindOf(Viewer(bob_).copyTo(bob(), inbox, kAll, work_, true)) == ph::Kind::Denied);
    grant(work_, "bob", "lrite");
    must(Viewer(bob_).copyTo(bob(), inbox, kAll, work_, true));
    CPPUNIT_ASSERT_EQUAL(0U, must(bob_->mailbox("INBOX")).messages);
    const auto back = rows(*ann_, work_).back();
    CPPUNIT_ASSERT(back.flags == 0 && back.keywords.empty());
    must(bob().copyTo(Viewer(bob_), work_, kAll, inbox, true));
    CPPUNIT_ASSERT_EQUAL(0U, must(ann_->mailbox("Work")).messages);
    CPPUNIT_ASSERT_EQUAL(2U, must(bob_->mailbox("INBOX")).messages);
    CPPUNIT_ASSERT(must(bob().copyTo(Viewer(bob_), work_, kAll, inbox, true)).uids.empty());
  }

  void copiesAllOrNone() {
    for (const char* subject : {"x", "y", "z"}) must(ann_->append(request(text(subject, 5000), "Work")));
    grant(work_, "bob", "lrte");
    AccountSettings settings;
    settings.quota = 12000;
    store_.setSettings({{"bob", std::make_shared<AccountSettings>(settings)}});
    const auto inbox = must(bob_->mailbox("INBOX")).id;
    CPPUNIT_ASSERT(kindOf(bob().copyTo(Viewer(bob_), work_, kAll, inbox, true)) == ph::Kind::Quota);
    CPPUNIT_ASSERT_EQUAL(0U, must(bob_->mailbox("INBOX")).messages);
    CPPUNIT_ASSERT_EQUAL(3U, must(ann_->mailbox("Work")).messages);
  }

  void annotates() {
    must(ann_->annotate(work_, {{0, "/private/comment", "mine"}, {0, "/shared/comment", "ours"}}));
    CPPUNIT_ASSERT(kindOf(bob().annotations(work_)) == ph::Kind::NotFound);
    grant(work_, "bob", "l");
    CPPUNIT_ASSERT(kindOf(bob().annotations(work_)) == ph::Kind::Denied);
    grant(work_, "bob", "lr");
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(bob().annotations(work_)).size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(bob().annotationsSince(0)).size());
    const std::vector<Annotation> shared{{0, "/shared/x", "1"}}, hidden{{0, "/private/x", "1"}};
    CPPUNIT_ASSERT(bob().annotate(work_, shared).error().kind == ph::Kind::Denied);
    grant(work_, "bob", "lrw");
    must(bob().annotate(work_, shared));
    CPPUNIT_ASSERT(bob().annotate(work_, hidden).error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(bob().annotate(0, shared).error().kind == ph::Kind::NotFound);
  }

  void tellsWatchers() {
    int heard = 0;
    const auto id = bob().watch([&](const Notice&) { ++heard; });
    must(ann_->append(request(text("x"), "Work")));
    CPPUNIT_ASSERT_EQUAL(0, heard);
    grant(work_, "bob", "r");
    CPPUNIT_ASSERT_EQUAL(1, heard);
    must(ann_->append(request(text("y"), "Work")));
    CPPUNIT_ASSERT_EQUAL(2, heard);
    grant(work_, "bob", "");
    CPPUNIT_ASSERT_EQUAL(3, heard);
    must(ann_->append(request(text("z"), "Work")));
    CPPUNIT_ASSERT_EQUAL(3, heard);
    bob().unwatch(id);
  }

  void survivesReopening() {
    grant(work_, "bob", "lr");
    CPPUNIT_ASSERT(ann_->rest());
    CPPUNIT_ASSERT_EQUAL(std::string("lr"), rights(work_));
    ann_.reset();
    store_.closeIdle(0);
    ann_ = must(store_.open("ann"));
    CPPUNIT_ASSERT_EQUAL(std::string("lr"), rights(work_));
  }

  void breakIndex() {
    ann_.reset();
    store_.closeIdle(0);
    must(env_.unlink("data/ann/index.db"));
    (void)env_.unlink("data/ann/index.db-wal");
  }

  void snapshotsProveWhatNobodyTookBack() {
    struct {
      const char* what;
      std::function<void()> change;  // behind the copy
      const char* rights;
    } cases[] = {
        {"nothing", [] {}, "lr"},
        {"granted", [&] { grant(work_, "carl", "lr"); }, "lr"},
        {"widened", [&] { grant(work_, "bob", "lrs"); }, "lr"},
        {"taken back", [&] { grant(work_, "bob", "l"); }, ""},
        {"taken from another", [&] { grant(work_, "-carl", "l"); }, ""},
        {"deleted", [&] { must(ann_->deleteMailbox("Work")); }, ""},
    };
    for (const auto& c : cases) {
      if (!ann_->mailbox("Work")) work_ = must(ann_->createMailbox("Work"));
      work_ = must(ann_->mailbox("Work")).id;
      grant(work_, "bob", "lr");
      must(ann_->snapshot());
      c.change();
      breakIndex();
      must(store_.rebuild("ann"));
      ann_ = must(store_.open("ann"));
      work_ = must(ann_->mailbox("Work")).id;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.what, std::string(c.rights), rights(work_));
      grant(work_, "bob", "");
      grant(work_, "carl", "");
      grant(work_, "-carl", "");
    }
  }

  // A right was given, the index copied, the right taken, the power cut, the index lost.
  void noPowerCutBringsRightsBack() {
    bool off = true;
    for (unsigned n = 1; off; ++n) {
      for (const auto cut : {env::Cut::Drop, env::Cut::Keep, env::Cut::Tear, env::Cut::Shuffle}) {
        env::FaultEnv env;
        bool taken = false;
        {
          Store store(env, "data", testOptions());
          const auto account = must(store.create("ann"));
          const auto inbox = must(account->mailbox("INBOX")).id;
          must(account->setAcl(inbox, "bob", AclMode::Add, right::kRead));
          must(account->snapshot());
          env.cutAt(n);
          taken = account->setAcl(inbox, "bob", AclMode::Remove, right::kRead).ok();
          off = env.isOff();
          env.cutAt(1);
          (void)env.makeFolder("off");
        }
        env.powerCut(cut, n);
        must(env.unlink("data/ann/index.db"));
        (void)env.unlink("data/ann/index.db-wal");
        Store store(env, "data", testOptions());
        must(store.rebuild("ann"));
        const auto account = must(store.open("ann"));
        const auto rights = must(account->rights(must(account->mailbox("INBOX")).id, "bob"));
        CPPUNIT_ASSERT_MESSAGE(std::to_string(n), !taken || rights == 0);
        CPPUNIT_ASSERT_MESSAGE(std::to_string(n), off || taken);
      }
      CPPUNIT_ASSERT(n < 100);
    }
  }

 private:
  env::FaultEnv env_;
  Store store_{env_, "data", testOptions()};
  std::shared_ptr<Account> ann_, bob_;
  MailboxId work_ = 0;
  int made_ = 0;
};
CPPUNIT_TEST_SUITE_REGISTRATION(AclTest);

}  // namespace posthouse::store::testing
