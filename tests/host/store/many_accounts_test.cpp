// Many accounts on a real disk: what is open stays within the bound, and so do descriptors and memory, while everybody
// may hold accounts, views and watchers as long as he likes.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "long_run.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {
namespace {

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeepsFreed = true;
#else
constexpr bool kKeepsFreed = false;
#endif

std::size_t descriptors() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd")) ++n;
  return n - 1;
}

std::size_t pssKiB() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Pss:")) return std::stoul(line.substr(4));
  return 0;
}

}  // namespace

class ManyAccountsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ManyAccountsTest);
  CPPUNIT_TEST(staysWithinTheBound);
  CPPUNIT_TEST(restsAndWakes);
  CPPUNIT_TEST(restsWhileOthersWork);
  CPPUNIT_TEST(maintainsWhatIsClosed);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    folder_ = fs::temp_directory_path() / ("ph-many-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void tearDown() override { fs::remove_all(folder_); }

  Options options(std::size_t most) {
    auto o = testOptions();
    o.openAccounts = most;
    o.placesAfter = 0;
    o.now = [this] { return now_.load(); };
    return o;
  }

  // As sessions that are idle: everybody holds his account, a view of INBOX, and watches.
  void staysWithinTheBound() {
    const bool isLong = isLongRun();
    const int exist = isLong ? 10'000 : 600, active = isLong ? 500 : 40;
    const std::size_t most = isLong ? 512 : 48;
    Store store(env::posix(), folder_, options(most));
    for (int i = 0; i < exist; ++i) must(store.create("a" + std::to_string(i)));
    CPPUNIT_ASSERT(store.openNow() <= most);
    store.closeIdle(0);
    const auto none = descriptors();
    struct Session {
      std::shared_ptr<Account> account;
      std::shared_ptr<const View> view;
    };
    std::vector<Session> sessions;
    std::atomic<int> notices{0};
    std::size_t afterFirst = 0;
    for (int i = 0; i < exist; ++i) {
      Session s{must(store.open("a" + std::to_string(i))), {}};
      s.account->watch([&](const Notice&) { ++notices; });
      must(s.account->append(request(text("m"))));
      s.view = must(s.account->view(must(s.account->mailbox("INBOX")).id));
      sessions.push_back(std::move(s));
      CPPUNIT_ASSERT(store.openNow() <= most);
      if (sessions.size() == most) afterFirst = pssKiB();
    }
    CPPUNIT_ASSERT_EQUAL(exist, notices.load());
    // Writer, its log and the ids; a reader and its log.
    CPPUNIT_ASSERT(descriptors() <= none + most * 6);
    const auto grown = kKeepsFreed ? 0 : pssKiB() - std::min(pssKiB(), afterFirst);
    CPPUNIT_ASSERT_MESSAGE(std::to_string(grown) + " KiB more", grown < 8 * 1024 + static_cast<std::size_t>(exist) * 4);
    // Those that are active go round without a limit.
    for (int round = 0; round < 3; ++round)
      for (int i = 0; i < active; ++i) must(sessions[static_cast<std::size_t>(i)].account->append(request(text("n"))));
    CPPUNIT_ASSERT_EQUAL(exist + 3 * active, notices.load());
    // What is old comes back unchanged, and news of it: a view tells by itself.
    auto& last = sessions.back();
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, must(last.account->view(last.view->mailbox()))->count());
    auto& first = sessions.front();
    const auto changes = must(first.account->changesSince(*first.view));
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, changes.added.size());
    sessions.clear();
    store.closeIdle(0);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store.openNow());
    CPPUNIT_ASSERT_EQUAL(none, descriptors());
  }

  void restsAndWakes() {
    Store store(env::posix(), folder_, options(10));
    const auto ann = must(store.create("ann"));
    const auto one = must(ann->append(request(text("one"))));
    const auto file = must(ann->open(one.id));
    const auto inbox = must(ann->mailbox("INBOX")).id;
    const auto view = must(ann->view(inbox));
    store.closeIdle(0);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store.openNow());
    CPPUNIT_ASSERT(must(store.open("ann")) == ann);  // one object per account
    std::string bytes(file.size(), '\0');
    CPPUNIT_ASSERT_EQUAL(bytes.size(), must(file.read(0, bytes.data(), bytes.size())));
    CPPUNIT_ASSERT_EQUAL(view, must(ann->view(inbox)));  // the same: who holds it keeps it for all
    const auto two = must(ann->append(request(text("two"))));
    CPPUNIT_ASSERT(two.id > one.id);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{2}, must(ann->view(inbox))->count());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, store.openNow());
    now_ += 100;
    assertClean(*ann);
  }

  // Resting at any moment costs nobody anything.
  void restsWhileOthersWork() {
    Store store(env::posix(), folder_, options(1));
    std::vector<std::shared_ptr<Account>> accounts;
    for (const char* name : {"a", "b", "c"}) accounts.push_back(must(store.create(name)));
    std::atomic<bool> stop{false};
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    constexpr int kEach = 40;
    for (auto& account : accounts) {
      for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&] {
          for (int i = 0; i < kEach; ++i) {
            const auto message = text("x");
            const auto done = account->append(request(message));
            const auto mailbox = account->mailbox("INBOX");
            const auto view =
                mailbox ? account->view(mailbox->id) : ph::Result<std::shared_ptr<const View>>(mailbox.error());
            if (!done || !view || (*view)->seqOf(done->uid) == 0) ++failed;
          }
        });
      }
    }
    std::thread closer([&] {
      while (!stop) store.closeIdle(0);
    });
    for (auto& t : threads) t.join();
    stop = true;
    closer.join();
    CPPUNIT_ASSERT_EQUAL(0, failed.load());
    for (auto& account : accounts) {
      CPPUNIT_ASSERT_EQUAL(std::uint32_t{2 * kEach}, must(account->mailbox("INBOX")).messages);
      assertClean(*account);
    }
  }

  // Expunged messages go on time also where nobody comes by.
  void maintainsWhatIsClosed() {
    auto o = options(10);
    o.lookEvery = 60;
    Store store(env::posix(), folder_, o);
    AccountSettings settings;
    settings.keepRemoved = 1000;
    SettingsByAccount all;
    for (const char* name : {"a", "b", "c"}) all[name] = std::make_shared<const AccountSettings>(settings);
    store.setSettings(all);
    for (const char* name : {"a", "b", "c"}) {
      const auto account = must(store.create(name));
      must(account->append(request(text("m"))));
      must(account->expunge(must(account->mailbox("INBOX")).id, kAll, true));
    }
    store.closeIdle(0);
    const auto files = [&] {
      int n = 0;
      for (const char* name : {"a", "b", "c"}) n += fs::exists(folder_ + "/" + name + "/msg/0/1") ? 1 : 0;
      return n;
    };
    for (int i = 0; i < 2; ++i) store.maintain(30);
    CPPUNIT_ASSERT_EQUAL(3, files());
    now_ += 1001;
    for (int i = 0; i < 2; ++i) store.maintain(30);  // two periods are one look at each
    CPPUNIT_ASSERT_EQUAL(0, files());
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store.openNow());
  }

 private:
  std::string folder_;
  std::atomic<std::int64_t> now_{1'800'000'000};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ManyAccountsTest);

}  // namespace posthouse::store::testing
