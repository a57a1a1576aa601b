// The real Env, and that FaultEnv answers alike.
#include <cppunit/extensions/HelperMacros.h>
#include <unistd.h>

#include "env/fault_env.hpp"

namespace posthouse::env {

class EnvTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EnvTest);
  CPPUNIT_TEST(real);
  CPPUNIT_TEST(fault);
  CPPUNIT_TEST(dropsWhatWasNotSynced);
  CPPUNIT_TEST_SUITE_END();

 public:
  void real() {
    const auto folder = "/tmp/posthouse-env-test-" + std::to_string(getpid());
    CPPUNIT_ASSERT(removeTree(posix(), folder) && ensureFolder(posix(), folder));
    behaves(posix(), folder);
    CPPUNIT_ASSERT(removeTree(posix(), folder));
    CPPUNIT_ASSERT(!posix().info(folder));
  }

  void fault() {
    FaultEnv env;
    CPPUNIT_ASSERT(ensureFolder(env, "folder"));
    behaves(env, "folder");
  }

  void dropsWhatWasNotSynced() {
    FaultEnv env;
    auto file = std::move(*env.open("f", Open::Create));
    CPPUNIT_ASSERT(file->write(0, "kept") && file->sync() && env.syncFolder(""));
    CPPUNIT_ASSERT(file->write(0, "lost") && env.link("f", "g"));
    env.powerCut(Cut::Drop, 1);
    CPPUNIT_ASSERT(!env.info("g"));
    char bytes[4];
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, *(*env.open("f", Open::Read))->read(0, bytes, 4));
    CPPUNIT_ASSERT_EQUAL(std::string("kept"), std::string(bytes, 4));
  }

 private:
  static void behaves(Env& env, const std::string& folder) {
    const auto a = folder + "/a", b = folder + "/b";
    const auto is = [](const auto& result, ph::Kind kind) { return !result && result.error().kind == kind; };
    CPPUNIT_ASSERT(is(env.open(a, Open::ReadWrite), ph::Kind::NotFound));
    auto file = std::move(*env.open(a, Open::CreateNew));
    CPPUNIT_ASSERT(is(env.open(a, Open::CreateNew), ph::Kind::Conflict));
    CPPUNIT_ASSERT(file->write(2, "xyz") && file->sync());
    char bytes[10];
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, *file->read(2, bytes, 10));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, *file->read(9, bytes, 10));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{5}, *file->size());
    for (int i = 0; i < 3; ++i) {
      const auto some = *file->readSome(2, bytes, 3);
      CPPUNIT_ASSERT(some >= 1 && some <= 3 && bytes[0] == 'x');
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, *file->readSome(5, bytes, 10));
    folders(env, folder);
    CPPUNIT_ASSERT(env.link(a, b));
    CPPUNIT_ASSERT(is(env.link(a, b), ph::Kind::Conflict));
    CPPUNIT_ASSERT(env.unlink(a) && file->truncate(4));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{4}, env.info(b)->size);
    CPPUNIT_ASSERT(env.open(a, Open::Create) && env.rename(b, a));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{4}, env.info(a)->size);
    CPPUNIT_ASSERT(*env.list(folder) == std::vector<std::string>{"a"});
    CPPUNIT_ASSERT(is(env.removeFolder(folder), ph::Kind::Conflict));
    CPPUNIT_ASSERT(is(env.unlink(b), ph::Kind::NotFound) && is(env.list(b), ph::Kind::NotFound));
    CPPUNIT_ASSERT(env.syncFolder(folder) && env.info(folder)->folder);
    CPPUNIT_ASSERT(env.space(folder)->total > 0);
  }

  // A folder that is held open is itself, whatever its path names.
  static void folders(Env& env, const std::string& above) {
    const auto notFound = [](const auto& result) { return !result && result.error().kind == ph::Kind::NotFound; };
    const auto path = above + "/inner", file = path + "/f";
    CPPUNIT_ASSERT(notFound(env.openFolder(path)) && env.makeFolder(path));
    const auto held = std::move(*env.openFolder(path));
    CPPUNIT_ASSERT(notFound(held->open("f")) && (*env.open(file, Open::Create))->write(0, "abc"));
    char bytes[4];
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, *(*held->open("f"))->read(0, bytes, 4));
    CPPUNIT_ASSERT(env.unlink(file) && env.removeFolder(path) && env.makeFolder(path) && env.open(file, Open::Create));
    CPPUNIT_ASSERT(notFound(held->open("f")) && env.unlink(file) && env.removeFolder(path));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EnvTest);

}  // namespace posthouse::env
