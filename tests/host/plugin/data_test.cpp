// What plugins keep on disk: ph.db/1 and ph.secrets/1 through the contract, and their files.
#include "plugin/data.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "abi/tables.hpp"
#include "ph/db.hpp"
#include "ph/secrets.hpp"
#include "plugin/instance.hpp"

namespace {

using namespace posthouse;
namespace fs = std::filesystem;

constexpr std::string_view kFirst = "CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER) STRICT; INSERT INTO t VALUES('a',1)";
constexpr std::string_view kSecond = "UPDATE t SET v=v+1";

class PluginDataTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PluginDataTest);
  CPPUNIT_TEST(databasesLastAndMigrateOnce);
  CPPUNIT_TEST(aFailedMigrationChangesNothing);
  CPPUNIT_TEST(newerFilesAreRefused);
  CPPUNIT_TEST(statementsReachTheirFileOnly);
  CPPUNIT_TEST(writersTakeTurns);
  CPPUNIT_TEST(whatIsLeftOpenIsClosedAfterTheStop);
  CPPUNIT_TEST(secretsAreFilesOfTheirOwn);
  CPPUNIT_TEST(aSecretIsMadeOnce);
  CPPUNIT_TEST(pluginsDoNotMeet);
  CPPUNIT_TEST(backup);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    char name[] = "/tmp/ph-plugin-data-XXXXXX";
    folder_ = mkdtemp(name);
    reopen();
  }
  void tearDown() override {
    instance_.reset();
    data_.reset();
    fs::remove_all(folder_);
  }

  void databasesLastAndMigrateOnce() {
    { CPPUNIT_ASSERT(open({kFirst})); }
    for (int i = 0; i < 2; ++i) {
      reopen();
      auto db = open({kFirst, kSecond});
      auto q = (*db)->query("SELECT v FROM t WHERE k=?").text("a");
      CPPUNIT_ASSERT(*q.step());
      CPPUNIT_ASSERT_EQUAL(int64_t{2}, q.integer(0));
    }
    struct stat st {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat((folder_ + "/data/one/data.db").c_str(), &st));
    CPPUNIT_ASSERT_EQUAL(0600u, st.st_mode & 0777u);
  }

  void aFailedMigrationChangesNothing() {
    { CPPUNIT_ASSERT(open({kFirst})); }
    const auto failed = open({kFirst, "DELETE FROM t; nonsense"});
    CPPUNIT_ASSERT(failed.error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(failed.error().text.find("migration 2") != std::string::npos);
    auto db = open({kFirst});
    auto count = (*db)->query("SELECT count(*) FROM t");
    CPPUNIT_ASSERT(*count.step());
    CPPUNIT_ASSERT_EQUAL(int64_t{1}, count.integer(0));
  }

  void newerFilesAreRefused() {
    { CPPUNIT_ASSERT(open({kFirst, kSecond})); }
    CPPUNIT_ASSERT(open({kFirst}).error().kind == ph::Kind::Unavailable);
  }

  void statementsReachTheirFileOnly() {
    auto db = open({kFirst});
    CPPUNIT_ASSERT((*db)->run("ATTACH '/tmp/ph-elsewhere.db' AS x").error().kind == ph::Kind::Denied);
    CPPUNIT_ASSERT((*db)->run("PRAGMA user_version=7").error().kind == ph::Kind::Denied);
    CPPUNIT_ASSERT((*db)->run("SELEKT").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT((*db)->run("DELETE FROM t; DELETE FROM t").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT((*db)->query("SELECT 1").bind(1).run().error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT((*db)->run("INSERT INTO t VALUES('a',2)").error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT(open({kFirst, "PRAGMA user_version=7"}).error().kind == ph::Kind::Invalid);
  }

  void writersTakeTurns() {
    constexpr int kEach = 50;
    { CPPUNIT_ASSERT(open({kFirst})); }
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        auto db = open({kFirst});
        for (int i = 0; i < kEach; ++i) {
          if (!(*db)->transaction([&] { return (*db)->run("UPDATE t SET v=v+1"); })) ++failed;
        }
      });
    }
    for (auto& t : threads) t.join();
    CPPUNIT_ASSERT_EQUAL(0, failed.load());
    auto db = open({kFirst});
    auto q = (*db)->query("SELECT v FROM t");
    CPPUNIT_ASSERT(*q.step());
    CPPUNIT_ASSERT_EQUAL(int64_t{1 + 4 * kEach}, q.integer(0));
  }

  void whatIsLeftOpenIsClosedAfterTheStop() {
    ph_db* left = nullptr;
    const auto* api = static_cast<const ph_db_api*>(abi::table(&raw_, PH_IF_DB));
    const ph_str sql = ph::str(kFirst);
    CPPUNIT_ASSERT_EQUAL(PH_OK, api->open(&raw_, &sql, 1, &left, nullptr));
    CPPUNIT_ASSERT_EQUAL(PH_OK, api->begin(left));
    ph_db_query* q = nullptr;
    int32_t row = 0;
    CPPUNIT_ASSERT_EQUAL(PH_OK, api->query(left, ph::str("DELETE FROM t"), &q, nullptr));
    CPPUNIT_ASSERT_EQUAL(PH_OK, api->step(q, &row, nullptr));
    instance_->takeDown(1000);
    reopen();
    auto db = open({kFirst});  // the transaction was rolled back, and holds no lock
    CPPUNIT_ASSERT((*db)->transaction([&] { return (*db)->run("UPDATE t SET v=5"); }));
    CPPUNIT_ASSERT_EQUAL(int64_t{1}, (*db)->changes());
  }

  void secretsAreFilesOfTheirOwn() {
    const ph::Host host(&raw_);
    const ph::Secrets s(host);
    CPPUNIT_ASSERT(s.list()->empty());
    CPPUNIT_ASSERT(s.get("key").error().kind == ph::Kind::NotFound);
    CPPUNIT_ASSERT(s.set("key", std::string("a\0b", 3)));
    CPPUNIT_ASSERT(s.set("key", "second"));
    CPPUNIT_ASSERT_EQUAL(std::string("second"), *s.get("key"));
    const std::string file = folder_ + "/data/one/secrets/key";
    struct stat st {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat(file.c_str(), &st));
    CPPUNIT_ASSERT_EQUAL(0600u, st.st_mode & 0777u);
    // A crash in the middle of a replacement leaves the old one, and nothing that the next one minds.
    std::ofstream(folder_ + "/data/one/secrets/.new") << "half";
    CPPUNIT_ASSERT((*s.list() == std::vector<std::string>{"key"}));
    CPPUNIT_ASSERT(s.set("other", ""));
    CPPUNIT_ASSERT_EQUAL(std::string(), *s.get("other"));
    for (const char* bad : {"", ".new", "../key", "a/b", "Key", "-a"})
      CPPUNIT_ASSERT_MESSAGE(bad, s.set(bad, "x").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(s.set("long", std::string(64 * 1024 + 1, 'x')).error().kind == ph::Kind::Limit);
    CPPUNIT_ASSERT(s.remove("key"));
    CPPUNIT_ASSERT(s.remove("key").error().kind == ph::Kind::NotFound);
  }

  void aSecretIsMadeOnce() {
    const ph::Host host(&raw_);
    std::vector<std::string> seen(8);
    std::vector<std::thread> threads;
    for (auto& out : seen) threads.emplace_back([&] { out = *ph::Secrets(host).obtain("key", 32); });
    for (auto& t : threads) t.join();
    CPPUNIT_ASSERT_EQUAL(size_t{32}, seen[0].size());
    for (const auto& s : seen) CPPUNIT_ASSERT(s == seen[0]);
    CPPUNIT_ASSERT(*ph::Secrets(host).obtain("other", 32) != seen[0]);
    CPPUNIT_ASSERT(ph::Secrets(host).obtain("short", 8).error().kind == ph::Kind::Invalid);
  }

  void pluginsDoNotMeet() {
    CPPUNIT_ASSERT(data_->setSecret("one", "key", "1"));
    CPPUNIT_ASSERT(data_->secret("two", "key").error().kind == ph::Kind::NotFound);
    CPPUNIT_ASSERT(data_->secret("../one", "key").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(data_->secret("..", "key").error().kind == ph::Kind::Invalid);
  }

  void backup() {
    auto db = open({kFirst});
    CPPUNIT_ASSERT(data_->setSecret("two", "key", "secret"));
    CPPUNIT_ASSERT((*db)->begin());  // not yet committed: not in the copy
    CPPUNIT_ASSERT((*db)->run("UPDATE t SET v=9"));
    fs::create_directory(folder_ + "/copy");
    const auto done = data_->backup(folder_ + "/copy");
    CPPUNIT_ASSERT_MESSAGE(done ? "" : done.error().text, done.ok());
    CPPUNIT_ASSERT((*db)->commit());
    plugin::PluginData copy(env::posix(), folder_ + "/copy");
    CPPUNIT_ASSERT_EQUAL(std::string("secret"), *copy.secret("two", "key"));
    auto opened = copy.open(this, "one", {std::string(kFirst)});
    CPPUNIT_ASSERT_MESSAGE(opened ? "" : opened.error().text, opened.ok());
    CPPUNIT_ASSERT_EQUAL(int64_t{1}, *(*opened)->database->integer("SELECT v FROM t"));
  }

 private:
  void reopen() {
    instance_.reset();
    data_ = std::make_unique<plugin::PluginData>(env::posix(), folder_ + "/data");
    core_.data = data_.get();
    plugin::Manifest m;
    m.id = "one";
    instance_ = std::make_unique<plugin::Instance>(core_, m, nullptr, &abi::table);
    raw_.size = sizeof raw_;
    raw_.ctx = instance_.get();
    raw_.get = &abi::table;
  }
  ph::Result<std::unique_ptr<ph::Db>> open(std::initializer_list<std::string_view> migrations) {
    return ph::Db::open(ph::Host(&raw_), migrations);
  }

  std::string folder_;
  plugin::Core core_;
  std::unique_ptr<plugin::PluginData> data_;
  std::unique_ptr<plugin::Instance> instance_;
  ph_host raw_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginDataTest);

}  // namespace
