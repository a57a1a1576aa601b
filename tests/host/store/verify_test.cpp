// Damages an account in every way that verify knows and looks whether it finds exactly that.
#include "db/database.hpp"
#include "store/schema.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {

class VerifyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(VerifyTest);
  CPPUNIT_TEST(findsEachDamageOfTheIndex);
  CPPUNIT_TEST(findsDamagedFiles);
  CPPUNIT_TEST(findsDamagedPages);
  CPPUNIT_TEST(removesStrays);
  CPPUNIT_TEST_SUITE_END();

 public:
  // A fresh account with three messages, one expunged, one copied; then `sql` on its index.
  std::string kindsAfter(const std::string& sql, const std::function<void()>& more = {}) {
    env::FaultEnv env;
    env_ = &env;
    {
      Store store(env, "data", testOptions());
      auto account = must(store.create("ann"));
      const auto inbox = must(account->mailbox("INBOX")).id;
      for (const char* subject : {"a", "b", "c"}) {
        const auto message = text(subject);
        auto r = request(message);
        r.deliveryKey = subject;
        r.flags.keywords = {"Word"};
        must(account->append(r));
      }
      must(account->expunge(inbox, {{3, 3}}, true));
      must(account->copy(inbox, {{1, 1}}, must(account->mailbox("Archive")).id));
      assertClean(*account);
    }
    if (!sql.empty()) {
      db::Vfs vfs(env);
      db::OpenOptions open;
      open.application = kIndexApplication;
      open.version = kIndexVersion;
      must(must(db::Database::open(vfs, "data/ann/index.db", open))->exec(sql));
    }
    if (more) more();
    Store store(env, "data", testOptions());
    auto account = must(store.open("ann"));
    std::set<std::string> kinds;
    for (const auto& p : must(verify(*account, {true, false})).problems) kinds.insert(std::to_string(p.kind));
    std::string all;
    for (const auto& kind : kinds) all += (all.empty() ? "" : ",") + kind;
    return all;
  }

  static std::string of(Problem::Kind kind) { return std::to_string(kind); }

  void findsEachDamageOfTheIndex() {
    const std::pair<const char*, Problem::Kind> cases[] = {
        {"UPDATE mailboxes SET messages=messages+1 WHERE id=1", Problem::Counter},
        {"UPDATE mailboxes SET unseen=0 WHERE id=1", Problem::Counter},
        {"UPDATE mailboxes SET deleted=1 WHERE id=3", Problem::Counter},
        {"UPDATE mailboxes SET size=size-1 WHERE id=2", Problem::Counter},
        {"UPDATE mailboxes SET uidnext=2 WHERE id=1", Problem::Uid},
        {"UPDATE mailboxes SET uidvalidity=1800000001 WHERE id=1", Problem::Uid},
        {"UPDATE account SET uidvalidity=1", Problem::Uid},
        {"INSERT INTO expunged VALUES(1,2,1,0)", Problem::Uid},
        {"UPDATE messages SET modseq=99 WHERE mailbox=1 AND uid=1", Problem::ModSeq},
        {"UPDATE expunged SET modseq=99", Problem::ModSeq},
        {"UPDATE account SET modseq=1", Problem::ModSeq},
        {"INSERT INTO expunged VALUES(77,1,1,0)", Problem::Reference},
        {"INSERT INTO mailbox_keywords VALUES(77,1)", Problem::Reference},
        {"DELETE FROM keywords", Problem::Reference},
        {"INSERT INTO garbage VALUES(99); INSERT INTO cold SELECT 99,size,header_size,offset,date,zone,hash,message_id,"
         "texts,subject,report,thread,parent FROM cold WHERE id=1; UPDATE cold SET id=98 WHERE "
         "id=99",
         Problem::Reference},
        {"INSERT INTO removed VALUES(NULL,77,1,2,0,NULL,300,0,'')", Problem::Reference},
        {"INSERT INTO removed VALUES(NULL,1,9,99,0,NULL,300,0,'')", Problem::Missing},
        {"INSERT INTO links VALUES(5,77,0)", Problem::Reference},
        {"INSERT INTO threads VALUES(77,1,0)", Problem::Reference},
        {"UPDATE cold SET parent=77 WHERE id=2", Problem::Reference},
        {"UPDATE cold SET parent=1 WHERE id=2", Problem::Reference},
        {"UPDATE delivery_keys SET expires=NULL", Problem::Reference},
        {"UPDATE cold SET size=size+1 WHERE id=2; UPDATE mailboxes SET size=size+1 WHERE id=1", Problem::Size},
        {"UPDATE cold SET offset=offset-1,size=size+1 WHERE id=2; UPDATE mailboxes SET size=size+1 WHERE id=1",
         Problem::Content},
        {"UPDATE cold SET hash=zeroblob(32) WHERE id=2", Problem::Content},
    };
    for (const auto& [sql, kind] : cases) {
      const auto found = "," + kindsAfter(sql) + ",";
      CPPUNIT_ASSERT_MESSAGE(std::string(sql) + " gives " + found,
                             found.find("," + of(kind) + ",") != std::string::npos);
    }
    const auto both = kindsAfter("DELETE FROM cold WHERE id=2");
    CPPUNIT_ASSERT_MESSAGE(both, both.find(of(Problem::Reference)) != std::string::npos &&
                                     both.find(of(Problem::Stray)) != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string(), kindsAfter("SELECT 1"));
  }

  void findsDamagedFiles() {
    const std::string path = "data/ann/msg/0/2";
    const auto change = [&](const std::function<void(std::string&)>& f) {
      return kindsAfter("", [&, f] { env_->damage(path, f); });
    };
    CPPUNIT_ASSERT_EQUAL(of(Problem::Content), change([](std::string& s) { s.back() ^= 1; }));
    CPPUNIT_ASSERT_EQUAL(of(Problem::Content), change([](std::string& s) { s[5] ^= 1; }));
    CPPUNIT_ASSERT_EQUAL(of(Problem::Size), change([](std::string& s) { s.pop_back(); }));
    CPPUNIT_ASSERT_EQUAL(of(Problem::Size), change([](std::string& s) { s += "x"; }));
    CPPUNIT_ASSERT_EQUAL(of(Problem::Missing), kindsAfter("", [&] { must(env_->unlink(path)); }));
  }

  void findsDamagedPages() {
    // An index entry that does not match its table any more.
    const auto found = kindsAfter(
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='CREATE INDEX messages_id ON messages(modseq)' "
        "WHERE name='messages_id'");
    CPPUNIT_ASSERT_MESSAGE(found, found.find(of(Problem::Index)) == 0);
  }

  void removesStrays() {
    env::FaultEnv env;
    Store store(env, "data", testOptions());
    auto account = must(store.create("ann"));
    const auto id = must(account->append(request(text("a")))).id;
    for (const char* path : {"data/ann/msg/0/999", "data/ann/msg/0/x"})
      must(env.open(path, env::Open::CreateNew).ok() ? ph::Status() : ph::Error{});
    auto report = must(verify(*account, {true, true}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, report.problems.size());
    CPPUNIT_ASSERT(report.problems[0].kind == Problem::Stray);
    assertClean(*account);
    CPPUNIT_ASSERT_EQUAL(text("a"), content(*account, id));
  }

 private:
  env::FaultEnv* env_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(VerifyTest);

}  // namespace posthouse::store::testing
