// Who shares something with whom: known before it is so, forgotten later, made anew.
#include "store/shares.hpp"
#include "store/core.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {

class SharesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SharesTest);
  CPPUNIT_TEST(knows);
  CPPUNIT_TEST(forgetsWhatIsNoMore);
  CPPUNIT_TEST(isDurableBeforeTheRight);
  CPPUNIT_TEST(isMadeAnew);
  CPPUNIT_TEST(findsWhatABackupBrought);
  CPPUNIT_TEST(opensNobodyForGuesses);
  CPPUNIT_TEST(keepsWhatIsBeingGranted);
  CPPUNIT_TEST_SUITE_END();

 public:
  static constexpr char kFile[] = "data/shares.db";

  void setUp() override {
    must(env::ensureFolder(env_, "data"));
    open();
    for (const char* name : {"ann", "bob", "carl"}) must(store_->create(name));
    store_->maintain();
  }
  void open() {
    store_.reset();
    auto options = testOptions();
    options.sharesFile = kFile;
    store_ = std::make_unique<Store>(env_, "data/accounts", options);
  }
  void grant(const std::string& owner, const std::string& who, Rights rights) {
    const auto account = must(store_->open(owner));
    must(account->setAcl(must(account->mailbox("INBOX")).id, who, AclMode::Replace, rights));
  }
  std::string sharers(const std::string& viewer) {
    std::string all;
    for (const auto& name : store_->sharers(viewer)) all += (all.empty() ? "" : ",") + name;
    return all;
  }
  ph::Kind opened(const std::string& owner, const std::string& viewer) {
    const auto account = store_->openShared(owner, viewer);
    return account ? ph::Kind{0} : account.error().kind;
  }

  void knows() {
    CPPUNIT_ASSERT_EQUAL(std::string(), sharers("bob"));
    grant("ann", "bob", right::kLookup);
    grant("carl", "anyone", right::kLookup);
    grant("carl", "-bob", right::kRead);
    CPPUNIT_ASSERT_EQUAL(std::string("ann,carl"), sharers("bob"));
    CPPUNIT_ASSERT_EQUAL(std::string("carl"), sharers("ann"));
    CPPUNIT_ASSERT_EQUAL(std::string(), sharers("carl"));
    CPPUNIT_ASSERT(opened("ann", "bob") == ph::Kind{0});
    CPPUNIT_ASSERT(opened("ann", "carl") == ph::Kind::NotFound);
    CPPUNIT_ASSERT(opened("ann", "ann") == ph::Kind::NotFound);
    open();
    CPPUNIT_ASSERT_EQUAL(std::string("ann,carl"), sharers("bob"));
  }

  void forgetsWhatIsNoMore() {
    grant("ann", "bob", right::kLookup);
    grant("ann", "bob", 0);
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), sharers("bob"));
    CPPUNIT_ASSERT(opened("ann", "bob") == ph::Kind::NotFound);
    CPPUNIT_ASSERT_EQUAL(std::string(), sharers("bob"));
    open();
    CPPUNIT_ASSERT_EQUAL(std::string(), sharers("bob"));
    grant("ann", "bob", right::kLookup);
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), sharers("bob"));
  }

  // Whatever write is the last before the power fails: a right that is there is known, one that was told of is there.
  void isDurableBeforeTheRight() {
    for (unsigned n = 1; n < 300; ++n) {
      for (const auto cut : {env::Cut::Drop, env::Cut::Keep, env::Cut::Tear, env::Cut::Shuffle}) {
        store_.reset();
        open();
        grant("ann", "bob", 0);
        (void)opened("ann", "bob");
        CPPUNIT_ASSERT_EQUAL(std::string(), sharers("bob"));
        bool told = false, off = false;
        {
          const auto account = must(store_->open("ann"));
          const auto inbox = must(account->mailbox("INBOX")).id;
          env_.cutAt(n);
          told = account->setAcl(inbox, "bob", AclMode::Add, right::kLookup).ok();
          off = env_.isOff();
          env_.cutAt(1);
          (void)env_.makeFolder("off");
        }
        store_.reset();
        env_.powerCut(cut, n);
        open();
        const auto account = must(store_->open("ann"));
        const bool given = must(account->rights(must(account->mailbox("INBOX")).id, "bob")) != 0;
        CPPUNIT_ASSERT_MESSAGE(std::to_string(n), given || !told);
        store_->maintain();
        CPPUNIT_ASSERT_MESSAGE(std::to_string(n), !given || sharers("bob") == "ann");
        if (!off) return CPPUNIT_ASSERT(told && n > 3);
      }
    }
    CPPUNIT_FAIL("no end");
  }

  void isMadeAnew() {
    grant("ann", "bob", right::kLookup);
    grant("carl", "anyone", right::kLookup);
    for (const bool damaged : {false, true}) {
      store_.reset();
      must(env_.unlink(kFile));
      (void)env_.unlink(std::string(kFile) + "-wal");
      if (damaged) must(must(env_.open(kFile, env::Open::CreateNew))->write(0, std::string(5000, 'x')));
      open();
      CPPUNIT_ASSERT_EQUAL(std::string(), sharers("bob"));
      // Who knows the name gets in meanwhile.
      CPPUNIT_ASSERT(opened("ann", "bob") == ph::Kind{0});
      store_->maintain();
      CPPUNIT_ASSERT_EQUAL(std::string("ann,carl"), sharers("bob"));
    }
  }

  void findsWhatABackupBrought() {
    store_.reset();
    {
      Store stranger(env_, "data/accounts", testOptions());
      const auto ann = must(stranger.open("ann"));
      must(ann->setAcl(must(ann->mailbox("INBOX")).id, "bob", AclMode::Add, right::kLookup));
    }
    open();
    CPPUNIT_ASSERT(opened("ann", "bob") == ph::Kind::NotFound);
    for (int i = 0; i < 3; ++i) store_->maintain();
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), sharers("bob"));
    CPPUNIT_ASSERT(opened("ann", "bob") == ph::Kind{0});
  }

  void opensNobodyForGuesses() {
    open();
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store_->openNow());
    CPPUNIT_ASSERT(opened("ann", "bob") == ph::Kind::NotFound);
    CPPUNIT_ASSERT(opened("nobody", "bob") == ph::Kind::NotFound);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store_->openNow());
  }

  void keepsWhatIsBeingGranted() {
    db::Vfs vfs(env_);
    Shares shares(vfs, "data/other.db");
    const auto never = [] { return false; };
    must(shares.share("bob", "ann", [&]() -> ph::Status {
      CPPUNIT_ASSERT(shares.isKnown("bob", "ann"));
      shares.forget("bob", "ann", never);
      return {};
    }));
    CPPUNIT_ASSERT(shares.isKnown("bob", "ann"));
    shares.forget("bob", "ann", [] { return true; });
    CPPUNIT_ASSERT(shares.isKnown("bob", "ann"));
    shares.forget("bob", "ann", never);
    CPPUNIT_ASSERT(!shares.isKnown("bob", "ann"));
  }

 private:
  env::FaultEnv env_;
  std::unique_ptr<Store> store_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(SharesTest);

}  // namespace posthouse::store::testing
