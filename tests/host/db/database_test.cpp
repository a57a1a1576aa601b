// Database over the VFS: refusals, readers beside a writer, locks, joined writes.
#include "db/database.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sqlite3.h>

#include <cerrno>

#include "db/joined_file.hpp"
#include "db/vfs_locks.hpp"
#include "env/fault_env.hpp"

namespace posthouse::db {

class DatabaseTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DatabaseTest);
  CPPUNIT_TEST(refusesForeignAndNewer);
  CPPUNIT_TEST(readsBesideAWriter);
  CPPUNIT_TEST(keepsBytesWithNul);
  CPPUNIT_TEST(locksLikeSqliteWants);
  CPPUNIT_TEST(joinsWrites);
  CPPUNIT_TEST(forgetsAFailedWrite);
  CPPUNIT_TEST_SUITE_END();

 public:
  static OpenOptions options(std::int32_t application, int version, bool create) {
    OpenOptions o;
    o.application = application;
    o.version = version;
    o.create = create;
    return o;
  }

  void refusesForeignAndNewer() {
    env::FaultEnv env;
    Vfs vfs(env);
    CPPUNIT_ASSERT(!Database::open(vfs, "a.db", options(7, 1, false)));
    {
      auto db = Database::open(vfs, "a.db", options(7, 1, true));
      CPPUNIT_ASSERT(db && (*db)->version() == 0);
      CPPUNIT_ASSERT((*db)->exec("CREATE TABLE t(x); PRAGMA user_version=3"));
    }
    const auto foreign = Database::open(vfs, "a.db", options(8, 9, false));
    CPPUNIT_ASSERT(!foreign && foreign.error().kind == ph::Kind::Permanent);
    const auto newer = Database::open(vfs, "a.db", options(7, 2, false));
    CPPUNIT_ASSERT(!newer && newer.error().kind == ph::Kind::Unavailable);
    CPPUNIT_ASSERT_EQUAL(3, (*Database::open(vfs, "a.db", options(7, 3, false)))->version());
  }

  void readsBesideAWriter() {
    env::FaultEnv env;
    Vfs vfs(env);
    auto writer = std::move(*Database::open(vfs, "a.db", options(7, 1, true)));
    CPPUNIT_ASSERT(writer->exec("CREATE TABLE t(x); INSERT INTO t VALUES(1)"));
    auto readOnly = options(7, 1, false);
    readOnly.readOnly = true;
    auto reader = std::move(*Database::open(vfs, "a.db", readOnly));
    CPPUNIT_ASSERT(!reader->exec("INSERT INTO t VALUES(9)"));
    CPPUNIT_ASSERT(reader->exec("BEGIN"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, *reader->integer("SELECT sum(x) FROM t"));
    CPPUNIT_ASSERT(writer->exec("BEGIN IMMEDIATE; INSERT INTO t VALUES(2); COMMIT"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, *reader->integer("SELECT sum(x) FROM t"));
    CPPUNIT_ASSERT(reader->exec("COMMIT"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, *reader->integer("SELECT sum(x) FROM t"));
  }

  void keepsBytesWithNul() {
    env::FaultEnv env;
    Vfs vfs(env);
    auto db = std::move(*Database::open(vfs, "a.db", options(7, 1, true)));
    CPPUNIT_ASSERT(db->exec("CREATE TABLE t(x)"));
    const std::string bytes("a\0b", 3);
    {
      Scoped insert(db->cached("INSERT INTO t VALUES(?)"));
      insert->blob(1, bytes);
      CPPUNIT_ASSERT(insert->run());
    }
    Scoped row(db->cached("SELECT x FROM t"));
    CPPUNIT_ASSERT(*row->step());
    CPPUNIT_ASSERT_EQUAL(bytes, std::string(row->bytes(0)));
    CPPUNIT_ASSERT(!db->cached("SELECT nonsense FROM nowhere").step());
  }

  void locksLikeSqliteWants() {
    FileLocks locks;
    FileLocks::Holder a, b;
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lock(a, SQLITE_LOCK_SHARED));
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lock(b, SQLITE_LOCK_SHARED));
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lock(a, SQLITE_LOCK_RESERVED));
    CPPUNIT_ASSERT_EQUAL(SQLITE_BUSY, locks.lock(b, SQLITE_LOCK_RESERVED));
    CPPUNIT_ASSERT_EQUAL(SQLITE_BUSY, locks.lock(a, SQLITE_LOCK_EXCLUSIVE));  // b reads
    FileLocks::Holder c;
    CPPUNIT_ASSERT_EQUAL(SQLITE_BUSY, locks.lock(c, SQLITE_LOCK_SHARED));  // pending
    locks.unlock(b, SQLITE_LOCK_NONE);
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lock(a, SQLITE_LOCK_EXCLUSIVE));
    locks.unlock(a, SQLITE_LOCK_NONE);
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lock(c, SQLITE_LOCK_SHARED));
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lockSlots(a, 3, 1, false));
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lockSlots(b, 3, 1, false));
    CPPUNIT_ASSERT_EQUAL(SQLITE_BUSY, locks.lockSlots(c, 2, 3, true));
    locks.unlockSlots(a, 3, 1);
    locks.unlockSlots(b, 3, 1);
    CPPUNIT_ASSERT_EQUAL(SQLITE_OK, locks.lockSlots(c, 2, 3, true));
    CPPUNIT_ASSERT_EQUAL(SQLITE_BUSY, locks.lockSlots(a, 4, 1, false));
  }

  void joinsWrites() {
    env::FaultEnv env;
    JoinedFile file(std::move(*env.open("f", env::Open::CreateNew)));
    const auto before = env.changes();
    for (int i = 0; i < 10; ++i) CPPUNIT_ASSERT(file.write(static_cast<std::uint64_t>(i) * 3, "abc"));
    CPPUNIT_ASSERT_EQUAL(before, env.changes());
    char bytes[4] = {};
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, *file.read(27, bytes, 3));
    CPPUNIT_ASSERT_EQUAL(before + 1, env.changes());
    CPPUNIT_ASSERT(file.write(100, "x") && file.write(0, "y") && file.sync());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{101}, *file.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, *file.read(0, bytes, 1));
    CPPUNIT_ASSERT_EQUAL('y', bytes[0]);
  }

  void forgetsAFailedWrite() {
    env::FaultEnv env;
    JoinedFile file(std::move(*env.open("f", env::Open::CreateNew)));
    CPPUNIT_ASSERT(file.write(0, "abc"));
    env.failAt(1, ENOSPC, false);
    CPPUNIT_ASSERT(file.sync().error().kind == ph::Kind::Limit);
    CPPUNIT_ASSERT(!file.sync());
    CPPUNIT_ASSERT(file.write(0, "xyz") && file.sync());
    env.failAt(1, ENOSPC, false);
    CPPUNIT_ASSERT(file.sync().error().kind == ph::Kind::Temporary);  // a sync never says Limit
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseTest);

}  // namespace posthouse::db
