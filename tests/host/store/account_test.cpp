// Appending, reading, flags, copying, moving and expunging.
#include <atomic>
#include <set>
#include <thread>

#include "store_fixture.hpp"

namespace posthouse::store::testing {

class AccountTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccountTest);
  CPPUNIT_TEST(appendsAndReads);
  CPPUNIT_TEST(readsFromSource);
  CPPUNIT_TEST(deliversOncePerKey);
  CPPUNIT_TEST(setsFlags);
  CPPUNIT_TEST(refusesChangedSince);
  CPPUNIT_TEST(copiesShareTheFile);
  CPPUNIT_TEST(moves);
  CPPUNIT_TEST(expungesWhileOpen);
  CPPUNIT_TEST(viewsAndChanges);
  CPPUNIT_TEST(queriesInBatches);
  CPPUNIT_TEST(keepsAcrossReopen);
  CPPUNIT_TEST(sharesSyncs);
  CPPUNIT_TEST(manyThreads);
  CPPUNIT_TEST(refusesWhenNearlyFull);
  CPPUNIT_TEST(prunesTombstones);
  CPPUNIT_TEST(tellsWatchers);
  CPPUNIT_TEST(appendsAllOrNone);
  CPPUNIT_TEST(replaces);
  CPPUNIT_TEST(annotates);
  CPPUNIT_TEST(viewsCountWhatIsInThem);
  CPPUNIT_TEST(annotationsFollowTheirMailbox);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    store_ = std::make_unique<Store>(env_, "data", testOptions());
    account_ = must(store_->create("ann"));
    inbox_ = must(account_->mailbox("inbox")).id;
    archive_ = must(account_->mailbox("Archive")).id;
  }
  void tearDown() override {
    if (account_) assertClean(*account_);
  }

  void fill(int n) {
    for (int i = 1; i <= n; ++i) must(account_->append(request(text("m" + std::to_string(i)))));
  }

  void appendsAllOrNone() {
    const auto one = text("one"), two = text("two");
    const auto done = must(account_->appendAll({request(one), request(two, "inbox")}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, done.size());
    CPPUNIT_ASSERT_EQUAL(Uid{1}, done[0].uid);
    CPPUNIT_ASSERT_EQUAL(Uid{2}, done[1].uid);
    CPPUNIT_ASSERT_EQUAL(done[0].modSeq, done[1].modSeq);
    CPPUNIT_ASSERT_EQUAL(two, content(*account_, done[1].id));
    CPPUNIT_ASSERT(!account_->appendAll({request(one), request(two, "missing")}));
    AppendRequest bad = request(two);
    bad.flags.keywords = {"not (a) keyword"};
    CPPUNIT_ASSERT(!account_->appendAll({request(one), bad}));
    AccountSettings settings;
    settings.quota = 3 * one.size() + 10;
    store_->setSettings({{"ann", std::make_shared<const AccountSettings>(settings)}});
    const auto full = account_->appendAll({request(one), request(two)});
    CPPUNIT_ASSERT(!full && full.error().kind == ph::Kind::Quota);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, rows(*account_, inbox_).size());
    CPPUNIT_ASSERT_EQUAL(Uid{3}, must(account_->mailbox(inbox_)).uidNext);
    // Nothing of them is left on the disk either.
    const auto report = must(verify(*account_, {true, true}));
    CPPUNIT_ASSERT_EQUAL(std::string(), problems(report));
  }

  // RFC 8508 3.4: only the difference counts against the quota.
  void replaces() {
    fill(2);
    const auto fresh = text("fresh");
    AccountSettings settings;
    settings.quota = must(account_->usage()).bytes + 10;
    store_->setSettings({{"ann", std::make_shared<const AccountSettings>(settings)}});
    const auto before = must(account_->view(inbox_));
    const auto done = must(account_->appendAll({request(fresh)}, Replaced{inbox_, 1}));
    CPPUNIT_ASSERT_EQUAL(Uid{3}, done.front().uid);
    const auto all = rows(*account_, inbox_);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all.size());
    CPPUNIT_ASSERT_EQUAL(Uid{2}, all[0].uid);
    const auto changes = must(account_->changesSince(*before));
    CPPUNIT_ASSERT(changes.vanished == std::vector<Uid>{1});
    CPPUNIT_ASSERT(changes.added == std::vector<Uid>{3});
    const auto gone = account_->appendAll({request(fresh)}, Replaced{inbox_, 1});
    CPPUNIT_ASSERT(!gone && gone.error().kind == ph::Kind::Conflict);
    const auto large = text("large", 5000);
    const auto full = account_->appendAll({request(large)}, Replaced{inbox_, 2});
    CPPUNIT_ASSERT(!full && full.error().kind == ph::Kind::Quota);
    must(account_->appendAll({request(fresh, "Archive")}, Replaced{inbox_, 3}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rows(*account_, inbox_).size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rows(*account_, archive_).size());
  }

  static std::string shown(const std::vector<Annotation>& list) {
    std::string out;
    for (const auto& a : list) out += std::to_string(a.mailbox) + a.entry + (a.value ? "=" + *a.value : "") + " ";
    return out;
  }

  void annotates() {
    must(account_->annotate(inbox_, {{0, "/shared/b", "1"}, {0, "/private/a", std::string("x\0y", 3)}}));
    must(account_->annotate(0, {{0, "/shared/c", ""}}));
    CPPUNIT_ASSERT_EQUAL("1/private/a=" + std::string("x\0y", 3) + " 1/shared/b=1 ",
                         shown(must(account_->annotations(inbox_))));
    CPPUNIT_ASSERT_EQUAL(std::string("0/shared/c= "), shown(must(account_->annotations(0))));
    const auto since = must(account_->annotations(0)).front().modSeq;
    must(account_->annotate(inbox_, {{0, "/shared/b", {}}, {0, "/shared/none", {}}}));
    CPPUNIT_ASSERT_EQUAL(std::string("1/shared/b "), shown(must(account_->annotationsSince(since))));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(account_->annotations(inbox_)).size());
    CPPUNIT_ASSERT(account_->annotate(999, {{0, "/shared/b", "1"}}).error().kind == ph::Kind::NotFound);
    // All or none.
    std::vector<Annotation> many;
    for (int i = 0; i < 999; ++i) many.push_back({0, "/shared/" + std::to_string(i), "x"});
    CPPUNIT_ASSERT(account_->annotate(archive_, many).error().kind == ph::Kind::Limit);
    CPPUNIT_ASSERT(must(account_->annotations(archive_)).empty());
    many.resize(998);
    must(account_->annotate(archive_, many));
    CPPUNIT_ASSERT(account_->annotate(0, {{0, "/shared/d", ""}}).error().kind == ph::Kind::Limit);
    must(account_->annotate(0, {{0, "/shared/c", "changed"}}));
    for (auto& a : many) a.value.reset();
    must(account_->annotate(archive_, many));
    CPPUNIT_ASSERT(account_->annotate(0, {{0, "/shared/c", std::string(1'000'000, 'x')}}).error().kind ==
                   ph::Kind::Limit);
    must(account_->annotate(0, {{0, "/shared/c", std::string(900'000, 'x')}}));
  }

  void annotationsFollowTheirMailbox() {
    const auto work = must(account_->createMailbox("Work"));
    must(account_->annotate(work, {{0, "/shared/a", "1"}}));
    must(account_->annotate(inbox_, {{0, "/shared/a", "2"}}));
    must(account_->renameMailbox("Work", "Play"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(account_->annotations(work)).size());
    must(account_->deleteMailbox("Play"));
    CPPUNIT_ASSERT(must(account_->annotations(work)).empty());
    // RFC 5464 4.1.
    must(account_->renameMailbox("INBOX", "Old"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(account_->annotations(inbox_)).size());
    const auto old = must(account_->annotations(must(account_->mailbox("Old")).id));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), *old.at(0).value);
  }

  void appendsAndReads() {
    const auto message = text("hello");
    auto r = request(message);
    r.prefix = "Received: from here\r\n";
    r.flags = {kSeen, {"$Label", "other"}};
    const auto done = must(account_->append(r));
    CPPUNIT_ASSERT_EQUAL(Uid{1}, done.uid);
    CPPUNIT_ASSERT_EQUAL(std::string(r.prefix) + message, content(*account_, done.id));
    const auto all = rows(*account_, inbox_);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, all.size());
    CPPUNIT_ASSERT_EQUAL(std::string("$Label other"), all[0].keywords);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{kSeen}, all[0].flags);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{message.size() + r.prefix.size()}, all[0].size);
    CPPUNIT_ASSERT_EQUAL(std::string("hello@example.org"), all[0].messageIdHeader);
    CPPUNIT_ASSERT(all[0].envelope.find("\"hello\"") != std::string::npos);
    CPPUNIT_ASSERT(all[0].structure.find("\"PLAIN\"") != std::string::npos ||
                   all[0].structure.find("\"plain\"") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1'700'000'000}, all[0].date);
    CPPUNIT_ASSERT_EQUAL(60, all[0].zone);
    const auto box = must(account_->mailbox("INBOX"));
    CPPUNIT_ASSERT_EQUAL(1U, box.messages);
    CPPUNIT_ASSERT_EQUAL(0U, box.unseen);
    CPPUNIT_ASSERT_EQUAL(std::string("$Label other"), box.keywords);
    CPPUNIT_ASSERT(!account_->append(request(message, "nowhere")));
  }

  void readsFromSource() {
    struct Pieces : Source {
      std::string left = text("pieces", 200'000);
      ph::Result<std::size_t> read(char* to, std::size_t max) override {
        const auto n = left.copy(to, std::min<std::size_t>(max, 777));
        left.erase(0, n);
        return n;
      }
    } pieces;
    const auto whole = pieces.left;
    auto r = request({});
    r.source = &pieces;
    CPPUNIT_ASSERT(whole == content(*account_, must(account_->append(r)).id));
  }

  void deliversOncePerKey() {
    const auto message = text("once");
    auto r = request(message);
    r.deliveryKey = std::string("key\0with NUL", 12);
    const auto first = must(account_->append(r));
    const auto second = must(account_->append(r));
    CPPUNIT_ASSERT(second.duplicate && !first.duplicate);
    CPPUNIT_ASSERT_EQUAL(first.uid, second.uid);
    must(account_->expunge(inbox_, kAll, true));
    CPPUNIT_ASSERT(must(account_->append(r)).duplicate);
    CPPUNIT_ASSERT_EQUAL(0U, must(account_->mailbox("INBOX")).messages);
  }

  void setsFlags() {
    fill(5);
    FlagChange add{FlagChange::Add, {kSeen | kFlagged, {"Work"}}, {}};
    auto done = must(account_->setFlags(inbox_, {{2, 3}, {5, 9}}, add));
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, done.changed.size());
    CPPUNIT_ASSERT_EQUAL(2U, must(account_->mailbox("INBOX")).unseen);
    add.what.keywords = {"wORK"};  // the same keyword
    CPPUNIT_ASSERT(must(account_->setFlags(inbox_, {{2, 2}}, add)).changed.empty());
    done = must(account_->setFlags(inbox_, {{2, 2}}, {FlagChange::Remove, {kSeen, {"Work", "Unknown"}}, {}}));
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{kFlagged}, done.changed.at(0).flags);
    CPPUNIT_ASSERT_EQUAL(std::string(), done.changed[0].keywords);
    done = must(account_->setFlags(inbox_, kAll, {FlagChange::Replace, {kDeleted, {"b", "a"}}, {}}));
    CPPUNIT_ASSERT_EQUAL(std::string("a b"), done.changed.at(4).keywords);
    CPPUNIT_ASSERT_EQUAL(5U, must(account_->mailbox("INBOX")).deleted);
    CPPUNIT_ASSERT(!account_->setFlags(inbox_, kAll, {FlagChange::Add, {0, {"two words"}}, {}}));
    CPPUNIT_ASSERT(!account_->setFlags(999, kAll, add));
  }

  void refusesChangedSince() {
    fill(2);
    const auto before = must(account_->mailbox("INBOX")).highestModSeq;
    const auto done = must(account_->setFlags(inbox_, {{1, 1}}, {FlagChange::Add, {kSeen, {}}, {}}));
    CPPUNIT_ASSERT(done.changed.at(0).modSeq > before);
    const auto next = must(account_->setFlags(inbox_, kAll, {FlagChange::Add, {kFlagged, {}}, before}));
    CPPUNIT_ASSERT(next.refused == std::vector<Uid>{1});
    CPPUNIT_ASSERT_EQUAL(Uid{2}, next.changed.at(0).uid);
  }

  void copiesShareTheFile() {
    fill(2);
    const auto copied = must(account_->copy(inbox_, {{2, 2}}, archive_));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, copied.uids.size());
    const auto row = rows(*account_, archive_).at(0);
    CPPUNIT_ASSERT_EQUAL(rows(*account_, inbox_).at(1).id, row.id);
    must(account_->expunge(inbox_, kAll, true));
    CPPUNIT_ASSERT_EQUAL(text("m2"), content(*account_, row.id));
    must(account_->expunge(archive_, kAll, true));
    CPPUNIT_ASSERT(!account_->open(row.id));
    CPPUNIT_ASSERT(must(env_.list("data/ann/msg/0")).empty());
  }

  void moves() {
    fill(3);
    const auto id = rows(*account_, inbox_).at(1).id;
    const auto moved = must(account_->move(inbox_, {{2, 2}}, archive_));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, rows(*account_, inbox_).size());
    CPPUNIT_ASSERT_EQUAL(id, rows(*account_, archive_).at(0).id);
    CPPUNIT_ASSERT_EQUAL(must(account_->mailbox("Archive")).uidValidity, moved.uidValidity);
    must(account_->move(inbox_, {{1, 1}}, inbox_));  // onto itself: a new UID
    CPPUNIT_ASSERT_EQUAL(Uid{4}, rows(*account_, inbox_).at(1).uid);
  }

  void expungesWhileOpen() {
    fill(3);
    must(account_->setFlags(inbox_, {{1, 2}}, {FlagChange::Add, {kDeleted, {}}, {}}));
    const auto file = must(account_->open(rows(*account_, inbox_).at(0).id));
    CPPUNIT_ASSERT(must(account_->expunge(inbox_, {{1, 1}, {3, 3}})).uids == std::vector<Uid>{1});
    std::string bytes(file.size(), '\0');
    must(file.read(0, bytes.data(), bytes.size()));
    CPPUNIT_ASSERT_EQUAL(text("m1"), bytes);
  }

  void viewsAndChanges() {
    fill(4);
    const auto old = must(account_->view(inbox_));
    must(account_->setFlags(inbox_, {{3, 3}}, {FlagChange::Add, {kSeen, {}}, {}}));
    must(account_->expunge(inbox_, {{2, 2}}, true));
    fill(1);
    const auto changes = must(account_->changesSince(*old));
    CPPUNIT_ASSERT(changes.vanished == std::vector<Uid>{2});
    CPPUNIT_ASSERT(changes.added == std::vector<Uid>{5});
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, changes.flags.size());
    CPPUNIT_ASSERT_EQUAL(Uid{3}, changes.flags[0].uid);
    CPPUNIT_ASSERT_EQUAL(4U, old->count());
    CPPUNIT_ASSERT_EQUAL(2U, changes.view->seqOf(3));
    const auto later = must(account_->changesSince(inbox_, old->modSeq()));
    CPPUNIT_ASSERT(later.vanished == std::vector<Uid>{2});
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, later.flags.size());
    must(account_->deleteMailbox("Junk"));
    CPPUNIT_ASSERT(!account_->view(999));
  }

  void queriesInBatches() {
    fill(300);
    auto batch = must(account_->query(inbox_, 1, 0xffffffff, 0));
    CPPUNIT_ASSERT_EQUAL(std::size_t{256}, batch.rows.size());
    CPPUNIT_ASSERT_EQUAL(Uid{257}, batch.next);
    batch = must(account_->query(inbox_, 1, 100, kEnvelope, 256, 500));
    CPPUNIT_ASSERT(batch.rows.size() < 10 && batch.next == batch.rows.back().uid + 1);
    CPPUNIT_ASSERT_EQUAL(std::size_t{300}, rows(*account_, inbox_).size());
  }

  void keepsAcrossReopen() {
    fill(3);
    const auto before = must(account_->mailbox("INBOX"));
    const auto last = rows(*account_, inbox_).back().id;
    reopen();
    const auto after = must(account_->mailbox("INBOX"));
    CPPUNIT_ASSERT_EQUAL(before.highestModSeq, after.highestModSeq);
    CPPUNIT_ASSERT_EQUAL(before.uidNext, after.uidNext);
    CPPUNIT_ASSERT(must(account_->append(request(text("new")))).id > last);
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), must(store_->accounts()).at(0));
  }

  // 64 appends that wait for one commit share its folder sync and its WAL sync.
  void sharesSyncs() {
    fill(1);
    std::atomic<bool> blocked{true};
    std::atomic<bool> once{true};
    const auto watcher = account_->watch([&](const Notice&) {
      if (once.exchange(false))
        while (blocked) std::this_thread::yield();  // holds the leader
    });
    std::vector<std::thread> threads;
    const auto before = env_.syncs();
    constexpr int kThreads = 16;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([&, i] { must(account_->append(request(text("t" + std::to_string(i))))); });
    while (env_.syncs() < before + kThreads + 2) std::this_thread::yield();  // all temporary files, one group
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    blocked = false;
    for (auto& thread : threads) thread.join();
    account_->unwatch(watcher);
    const auto shared = env_.syncs() - before - kThreads;
    CPPUNIT_ASSERT_MESSAGE(std::to_string(shared) + " syncs", shared <= 6);
    CPPUNIT_ASSERT_EQUAL(17U, must(account_->view(inbox_))->count());
  }

  // What is committed together with a change of messages, and changes none itself, leaves HIGHESTMODSEQ and UIDNEXT.
  void viewsCountWhatIsInThem() {
    const auto deep = must(account_->createMailbox("Work/Deep"));
    const auto appendToDeep = [&](const char* what) {
      const auto message = text(what);
      auto r = request(message);
      r.mailbox = "Work/Deep";
      must(account_->append(r));
    };
    appendToDeep("one");
    must(account_->view(deep));
    std::atomic<bool> blocked{true}, once{true};
    const auto watcher = account_->watch([&](const Notice&) {
      if (once.exchange(false))
        while (blocked) std::this_thread::yield();  // holds the leader
    });
    std::vector<std::thread> threads;
    const std::vector<std::function<void()>> changes{
        [&] { must(account_->append(request(text("leads")))); },
        [&] { appendToDeep("two"); },
        [&] {
          must(account_->annotate(deep, {{0, "/shared/comment", "x"}}));
        },
        [&] { must(account_->renameMailbox("Work", "Play")); },
    };
    for (const auto& change : changes) {
      threads.emplace_back(change);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    blocked = false;
    for (auto& thread : threads) thread.join();
    account_->unwatch(watcher);
    const auto info = must(account_->mailbox("Play/Deep"));
    const auto view = must(account_->view(deep));
    CPPUNIT_ASSERT_EQUAL(2U, view->count());
    CPPUNIT_ASSERT_EQUAL(info.highestModSeq, view->modSeq());
    CPPUNIT_ASSERT_EQUAL(info.uidNext, view->uidNext());
  }

  // Readers that follow by changes end with the same view as one who looks afterwards.
  void manyThreads() {
    constexpr int kWriters = 4, kEach = 40;
    std::atomic<bool> running{true};
    std::atomic<int> wrong{0};
    std::vector<std::thread> writers, readers;
    const auto start = must(account_->view(inbox_));
    for (int w = 0; w < kWriters; ++w)
      writers.emplace_back([&, w] {
        for (int i = 0; i < kEach; ++i) {
          const auto message = text(std::to_string(w) + "-" + std::to_string(i));
          const auto done = account_->append(request(message));
          if (!done) ++wrong;
          const UidSet one{{done->uid, done->uid}};
          if (i % 3 == 0 && !account_->setFlags(inbox_, one, {FlagChange::Add, {kSeen, {}}, {}})) ++wrong;
          if (i % 5 == 0 && !account_->expunge(inbox_, one, true)) ++wrong;
          if (i % 7 == 1 && !account_->move(inbox_, one, archive_)) ++wrong;
        }
      });
    for (int r = 0; r < 2; ++r)
      readers.emplace_back([&] {
        auto view = start;
        std::set<Uid> mine;
        for (bool last = false; !last;) {
          last = !running;
          const auto changes = account_->changesSince(*view);
          if (!changes) ++wrong;
          for (const Uid uid : changes->vanished) wrong += mine.erase(uid) == 1 ? 0 : 1;
          for (const Uid uid : changes->added) wrong += mine.insert(uid).second ? 0 : 1;
          view = changes->view;
          if (mine.size() != view->count() || !account_->query(inbox_, 1, 50, kEnvelope)) ++wrong;
        }
        if (mine.size() != must(account_->mailbox("INBOX")).messages) ++wrong;
      });
    for (auto& thread : writers) thread.join();
    running = false;
    for (auto& thread : readers) thread.join();
    CPPUNIT_ASSERT_EQUAL(0, wrong.load());
  }

  void refusesWhenNearlyFull() {
    account_.reset();
    store_.reset();
    auto options = testOptions();
    options.reserveBytes = 1'000'000'000;
    store_ = std::make_unique<Store>(env_, "data", options);
    account_ = must(store_->open("ann"));
    env_.setSpace({900'000'000, 20'000'000'000});
    const auto refused = account_->append(request(text("x")));
    CPPUNIT_ASSERT(!refused && refused.error().kind == ph::Kind::Limit);
    env_.setSpace({900'000'000, 5'000'000'000});
    must(account_->append(request(text("x"))));
  }

  void prunesTombstones() {
    auto options = testOptions();
    std::int64_t now = 1'800'000'000;
    options.now = [&now] { return now; };
    account_.reset();
    store_ = std::make_unique<Store>(env_, "data", options);
    account_ = must(store_->open("ann"));
    fill(3);
    must(account_->expunge(inbox_, {{1, 1}}, true));
    const auto between = must(account_->mailbox("INBOX")).highestModSeq;
    now += options.keepTombstones + 1;
    must(account_->expunge(inbox_, {{2, 2}}, true));
    must(account_->maintain());
    CPPUNIT_ASSERT(must(account_->changesSince(inbox_, between)).vanished == std::vector<Uid>{2});
    const auto refused = account_->changesSince(inbox_, between - 1);
    CPPUNIT_ASSERT(!refused && refused.error().kind == ph::Kind::Conflict);
    assertClean(*account_);
    account_.reset();
    store_.reset();
  }

  void tellsWatchers() {
    std::vector<Notice> seen;
    const auto watcher = account_->watch([&](const Notice& n) { seen.push_back(n); });
    fill(1);
    must(account_->setFlags(inbox_, kAll, {FlagChange::Add, {kSeen, {}}, {}}));
    must(account_->createMailbox("New/Sub"));
    account_->unwatch(watcher);
    fill(1);
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, seen.size());
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{Notice::Arrived}, seen[0].kind);
    CPPUNIT_ASSERT_EQUAL(inbox_, seen[0].mailbox);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{Notice::Flags}, seen[1].kind);
    CPPUNIT_ASSERT(seen[1].modSeq > seen[0].modSeq);
  }

 private:
  void reopen() {
    account_.reset();
    store_.reset();
    store_ = std::make_unique<Store>(env_, "data", testOptions());
    account_ = must(store_->open("ann"));
  }

  env::FaultEnv env_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MailboxId inbox_ = 0, archive_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountTest);

}  // namespace posthouse::store::testing
