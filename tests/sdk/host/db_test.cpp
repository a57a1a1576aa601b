// ph::Db and ph::Secrets over the testkit's fakes.
#include "ph/db.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/secrets.hpp"
#include "testkit/fake_host.hpp"

namespace {

constexpr std::string_view kFirst = "CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER) STRICT";
constexpr std::string_view kSecond = "ALTER TABLE t ADD COLUMN b BLOB";

class SdkDbTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SdkDbTest);
  CPPUNIT_TEST(writesAndReads);
  CPPUNIT_TEST(aTransactionIsAllOrNothing);
  CPPUNIT_TEST(errorsAreTold);
  CPPUNIT_TEST(migratesOnce);
  CPPUNIT_TEST(hostsWithout);
  CPPUNIT_TEST(secrets);
  CPPUNIT_TEST_SUITE_END();

 public:
  void writesAndReads() {
    auto db = open();
    CPPUNIT_ASSERT(db->query("INSERT INTO t VALUES(?,?,?)").text(std::string("a") + "b").bind(7).blob("\1\0\2").run());
    CPPUNIT_ASSERT_EQUAL(int64_t{1}, db->changes());
    CPPUNIT_ASSERT(db->query("INSERT INTO t VALUES(?,?,?)").text("c").null().null().run());
    auto q = db->query("SELECT k, v FROM t ORDER BY k");
    CPPUNIT_ASSERT(*q.step());
    CPPUNIT_ASSERT_EQUAL(std::string("ab"), std::string(q.bytes(0)));
    CPPUNIT_ASSERT_EQUAL(int64_t{7}, q.integer(1));
    CPPUNIT_ASSERT(*q.step());
    CPPUNIT_ASSERT(q.isNull(1));
    CPPUNIT_ASSERT(!*q.step());
    CPPUNIT_ASSERT_EQUAL(std::string("2"), host_.databases.ask("SELECT count(*) FROM t"));
  }

  void aTransactionIsAllOrNothing() {
    auto db = open();
    const auto failed = db->transaction([&]() -> ph::Status {
      if (auto s = db->run("INSERT INTO t(k) VALUES('a')"); !s) return s;
      return db->run("INSERT INTO t(k) VALUES('a')");
    });
    CPPUNIT_ASSERT(failed.error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT_EQUAL(std::string("0"), host_.databases.ask("SELECT count(*) FROM t"));
    CPPUNIT_ASSERT(db->transaction([&] { return db->run("INSERT INTO t(k) VALUES('a')"); }));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), host_.databases.ask("SELECT count(*) FROM t"));
    CPPUNIT_ASSERT(db->commit().error().kind == ph::Kind::Conflict);
  }

  void errorsAreTold() {
    auto db = open();
    CPPUNIT_ASSERT(db->run("SELEKT").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(db->run("PRAGMA user_version=9").error().kind == ph::Kind::Denied);
    CPPUNIT_ASSERT(db->query("SELECT 1").bind(1).run().error().kind == ph::Kind::Invalid);
    host_.databases.fails = PH_E_LIMIT;
    CPPUNIT_ASSERT(db->run("INSERT INTO t(k) VALUES('a')").error().kind == ph::Kind::Limit);
  }

  void migratesOnce() {
    { CPPUNIT_ASSERT(ph::Db::open(face_, {kFirst})); }
    { CPPUNIT_ASSERT(ph::Db::open(face_, {kFirst, kSecond})); }
    { CPPUNIT_ASSERT(ph::Db::open(face_, {kFirst, kSecond})); }
    CPPUNIT_ASSERT(ph::Db::open(face_, {kFirst}).error().kind == ph::Kind::Unavailable);
    CPPUNIT_ASSERT(ph::Db::open(face_, {kFirst, kSecond, "nonsense"}).error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT_EQUAL(0, host_.databases.open);
  }

  void hostsWithout() {
    host_.withheld = {PH_IF_DB, PH_IF_SECRETS};
    CPPUNIT_ASSERT(ph::Db::open(face_, {}).error().kind == ph::Kind::Unavailable);
    CPPUNIT_ASSERT(ph::Secrets(face_).get("a").error().kind == ph::Kind::Unavailable);
  }

  void secrets() {
    const ph::Secrets s(face_);
    CPPUNIT_ASSERT(s.get("key").error().kind == ph::Kind::NotFound);
    CPPUNIT_ASSERT_EQUAL(size_t{32}, s.obtain("key", 32)->size());
    CPPUNIT_ASSERT(s.set("token.1", "abc"));
    CPPUNIT_ASSERT_EQUAL(std::string("abc"), *s.get("token.1"));
    CPPUNIT_ASSERT(s.set("../x", "abc").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT((*s.list() == std::vector<std::string>{"key", "token.1"}));
    CPPUNIT_ASSERT(s.remove("key"));
    CPPUNIT_ASSERT(s.remove("key").error().kind == ph::Kind::NotFound);
  }

 private:
  std::unique_ptr<ph::Db> open() { return std::move(*ph::Db::open(face_, {kFirst, kSecond})); }

  ph::testkit::FakeHost host_;
  ph::Host face_{&host_.raw};
};

CPPUNIT_TEST_SUITE_REGISTRATION(SdkDbTest);

}  // namespace
