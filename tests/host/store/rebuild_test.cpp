// Rebuild and repair: what is proved comes back, whatever is damaged and wherever the power fails.
#include "rebuild_fixture.hpp"

namespace posthouse::store::testing {

class RebuildTest : public RebuildFixture {
  CPPUNIT_TEST_SUITE(RebuildTest);
  CPPUNIT_TEST(rebuildsFromEachBase);
  CPPUNIT_TEST(nothingIsLostWithoutAnyIndex);
  CPPUNIT_TEST(damagedFilesAreKept);
  CPPUNIT_TEST(rebuildSurvivesPowerCuts);
  CPPUNIT_TEST(interruptedRebuildIsFinishedFirst);
  CPPUNIT_TEST(repairsEachDamage);
  CPPUNIT_TEST(repairRecoversFiles);
  CPPUNIT_TEST(bumpsUidValidity);
  CPPUNIT_TEST_SUITE_END();

 public:
  void rebuildsFromEachBase() {
    const auto garble = [](std::string& bytes) {
      for (std::size_t i = 4096; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
    };
    const auto cut = [](std::string& bytes) { bytes.resize(bytes.size() / 2); };
    const struct {
      const char* what;
      std::function<void()> damage;
      const char* contents;
    } cases[] = {
        {"nothing", [] {}, "Archive:a* Later:c* Work/Sub:b"},
        {"garbled", [&] { env_->damage("data/ann/index.db", garble); }, "INBOX:a* Later:c Work/Sub:b"},
        {"truncated", [&] { env_->damage("data/ann/index.db", cut); }, "INBOX:a* Later:c Work/Sub:b"},
        {"removed", [&] { must(env_->unlink("data/ann/index.db")); }, "INBOX:a* Later:c Work/Sub:b"},
        {"emptied", [&] { env_->damage("data/ann/index.db", [](std::string& s) { s.clear(); }); },
         "INBOX:a* Later:c Work/Sub:b"},
        {"no snapshot either",
         [&] {
           must(env_->unlink("data/ann/index.db"));
           env_->damage(must(snapshotsOf(*env_, "data/ann")).front().path, garble);
         },
         "INBOX:a Later:c Work/Sub:b"},
        {"nor ids",
         [&] {
           must(env::removeTree(*env_, "data/ann/snapshots"));
           must(env_->unlink("data/ann/index.db"));
           must(env_->unlink("data/ann/ids"));
         },
         "INBOX:a Later:c Work/Sub:b"},
    };
    for (const auto& c : cases) {
      history();
      const auto before = validities();
      const auto highest = must(account_->append(request(text("tmp"), "Trash"))).id;
      must(account_->expunge(box("Trash"), kAll, true));
      close();
      c.damage();
      const auto report = rebuild();
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.what, std::string(c.contents), contents());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.what, std::uint64_t{0}, report.lost);
      for (const auto& [name, validity] : validities()) {
        const auto old = before.find(name);
        CPPUNIT_ASSERT_MESSAGE(name, old == before.end() || validity > old->second);
      }
      CPPUNIT_ASSERT_MESSAGE(c.what, add("next") > highest);
    }
  }

  void nothingIsLostWithoutAnyIndex() {
    for (int i = 0; i < 50; ++i) add("m" + std::to_string(i), i % 3 == 0 ? "Archive" : "New/Deep");
    const auto before = contents();
    close();
    for (const auto& name : must(env_->list("data/ann")))
      if (name != "msg") must(env::removeTree(*env_, "data/ann/" + name));
    const auto report = rebuild();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{50}, report.added);
    CPPUNIT_ASSERT(report.base.empty());
    CPPUNIT_ASSERT_EQUAL(before, contents());
    const auto row = rows(*account_, box("Archive")).at(0);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1'700'000'000}, row.date);
    CPPUNIT_ASSERT_EQUAL(60, row.zone);
  }

  void damagedFilesAreKept() {
    const auto a = add("a"), b = add("b"), c = add("c");
    add("d");
    close();
    must(env_->unlink("data/ann/index.db"));
    const auto path = [](MessageId id) { return "data/ann/msg/0/" + std::to_string(id); };
    env_->damage(path(a), [](std::string& s) { s.back() ^= 1; });             // its hash is wrong
    env_->damage(path(b), [](std::string& s) { s = "Subject: b\r\n\r\n"; });  // no metadata
    env_->damage(path(c), [](std::string& s) { s.clear(); });
    must(env_->open("data/ann/msg/0/strange", env::Open::CreateNew).ok() ? ph::Status() : ph::Error{});
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, rebuild().added);
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX:d Recovered:a Recovered:b"), contents());
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, must(env_->list("data/.moved/ann")).size());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, rebuild().added);
  }

  // Wherever it is cut, what was there is there, and another run finishes.
  void rebuildSurvivesPowerCuts() {
    for (unsigned at = 1;; ++at) {
      history();
      close();
      env_->damage("data/ann/index.db", [](std::string& s) { s.resize(s.size() / 2); });
      env_->damage("data/ann/msg/0/2", [](std::string& s) { s = "Subject: b\r\n\r\n"; });
      env_->cutAt(at);
      store_ = std::make_unique<Store>(*env_, "data", options());
      (void)store_->rebuild("ann");
      const bool off = env_->isOff();
      env_->cutAt(1);
      const auto disk = env_->disk();
      (void)env_->makeFolder("off");
      close();
      for (const auto cut : kCuts) {
        close();
        env_->powerCut(disk, cut, at);
        rebuild();
        CPPUNIT_ASSERT_EQUAL_MESSAGE("change " + std::to_string(at), std::string(kAfterCuts), contents());
      }
      if (!off) break;
      CPPUNIT_ASSERT(at < 2000);
    }
  }
  // Message b has a row in the snapshot: its file is damaged all the same, and stays what it is.
  static constexpr const char* kAfterCuts = "INBOX:a* Later:c Recovered:b";

  void interruptedRebuildIsFinishedFirst() {
    history();
    close();
    must(env_->unlink("data/ann/index.db"));
    store_ = std::make_unique<Store>(*env_, "data", options());
    // The power goes when the new index is whole but not in place.
    for (unsigned at = 1; !env_->info("data/ann/rebuilt"); ++at) {
      env_->cutAt(at);
      (void)store_->rebuild("ann");
      store_.reset();
      env_->powerCut(env::Cut::Keep, 0);
      store_ = std::make_unique<Store>(*env_, "data", options());
    }
    const auto refused = store_->open("ann");
    CPPUNIT_ASSERT(!refused && refused.error().kind == ph::Kind::Permanent);
    CPPUNIT_ASSERT(refused.error().text.find("store rebuild") != std::string::npos);
    rebuild();
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX:a* Later:c Work/Sub:b"), contents());
  }

  void repairsEachDamage() {
    const char* const damages[] = {
        "UPDATE mailboxes SET messages=messages+1,unseen=0,deleted=5,size=size-1",
        "UPDATE mailboxes SET uidnext=1",
        "UPDATE mailboxes SET uidvalidity=1800000001",
        "UPDATE account SET uidvalidity=1",
        "INSERT INTO expunged VALUES(1,2,1,0)",
        "UPDATE messages SET modseq=99999",
        "UPDATE account SET modseq=1",
        "INSERT INTO expunged VALUES(77,1,1,0)",
        "INSERT INTO mailbox_keywords VALUES(77,1)",
        "DELETE FROM keywords",
        "UPDATE messages SET mailbox=77 WHERE mailbox=1",
        "DELETE FROM messages WHERE mailbox=1",
        "DELETE FROM cold",
        "INSERT INTO garbage SELECT id FROM cold",
        "INSERT INTO links VALUES(5,77,0); INSERT INTO threads VALUES(77,1,0); UPDATE cold SET parent=77",
        "INSERT INTO recipients VALUES(77,'a','b','b',0); INSERT INTO dkim_domains VALUES(77,'x',0)",
        "UPDATE delivery_keys SET expires=NULL",
    };
    for (const char* sql : damages) {
      history();
      close();
      withIndex("data/ann/index.db", [&](db::Database& db) { must(db.exec(sql)); });
      store_ = std::make_unique<Store>(*env_, "data", options());
      const auto report = store_->repair("ann");
      CPPUNIT_ASSERT_MESSAGE(std::string(sql) + (report ? "" : report.error().text), report.ok());
      reopen();
      const auto left = problems(must(verify(*account_, {true, false})));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(sql, std::string(), left);
      std::size_t messages = 0;
      for (const auto& m : must(account_->mailboxes())) messages += m.messages;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(sql, std::size_t{3}, messages);
      add("afterwards");
      assertClean(*account_);
    }
  }

  void repairRecoversFiles() {
    const auto a = add("a");
    const auto b = add("b");
    add("c");
    setFlagged("INBOX");
    const auto modSeq = must(account_->mailbox("INBOX")).highestModSeq;
    const auto validity = must(account_->mailbox("INBOX")).uidValidity;
    close();
    must(env_->unlink("data/ann/msg/0/" + std::to_string(a)));
    withIndex("data/ann/index.db",
              [&](db::Database& db) { must(db.exec("DELETE FROM messages WHERE id=" + std::to_string(b))); });
    must(env_->open("data/ann/msg/0/strange", env::Open::CreateNew).ok() ? ph::Status() : ph::Error{});
    store_ = std::make_unique<Store>(*env_, "data", options());
    const auto report = must(store_->repair("ann"));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, report.added);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, report.lost);
    reopen();
    assertClean(*account_);
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX:c* Recovered:b"), contents());
    CPPUNIT_ASSERT_EQUAL(validity, must(account_->mailbox("INBOX")).uidValidity);
    // Clients learn of the lost one.
    const auto changes = must(account_->changesSince(box("INBOX"), modSeq));
    CPPUNIT_ASSERT(changes.vanished == std::vector<Uid>{1});
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(env_->list("data/.moved/ann")).size());
    close();
    env_->damage("data/ann/index.db", [](std::string& s) { s.resize(5000); });
    store_ = std::make_unique<Store>(*env_, "data", options());
    CPPUNIT_ASSERT(!store_->repair("ann"));
  }

  void bumpsUidValidity() {
    add("a");
    const auto before = validities();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(account_->bumpUidValidity("inbox")));
    CPPUNIT_ASSERT_EQUAL(before.size(), must(account_->bumpUidValidity()));
    CPPUNIT_ASSERT(account_->bumpUidValidity("nowhere").error().kind == ph::Kind::NotFound);
    std::set<Uid> values;
    for (const auto& [name, validity] : validities()) {
      CPPUNIT_ASSERT(validity > before.at(name));
      CPPUNIT_ASSERT(values.insert(validity).second);
    }
    assertClean(*account_);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RebuildTest);

}  // namespace posthouse::store::testing
