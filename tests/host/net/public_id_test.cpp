#include "net/public_id.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <set>

#include "env/fault_env.hpp"

using namespace posthouse;
using net::PublicIds;

namespace {

class PublicIdTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PublicIdTest);
  CPPUNIT_TEST(roundTrip);
  CPPUNIT_TEST(foreignIdsAreRefused);
  CPPUNIT_TEST(keyIsKept);
  CPPUNIT_TEST(damagedKey);
  CPPUNIT_TEST_SUITE_END();

 public:
  void roundTrip() {
    const PublicIds ids(PublicIds::Key{1, 2, 3});
    std::set<std::string> seen;
    for (const uint64_t id : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{1} << 32, UINT64_MAX}) {
      const std::string text = ids.encode(id);
      CPPUNIT_ASSERT_EQUAL(size_t{26}, text.size());
      CPPUNIT_ASSERT(seen.insert(text).second);
      CPPUNIT_ASSERT(ids.decode(text) == id);
    }
    std::string upper = ids.encode(77);
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    CPPUNIT_ASSERT(ids.decode(upper) == uint64_t{77});
  }

  void foreignIdsAreRefused() {
    const PublicIds ids(PublicIds::Key{1});
    const std::string text = ids.encode(5);
    CPPUNIT_ASSERT(!PublicIds(PublicIds::Key{2}).decode(text));
    for (size_t i = 0; i < text.size(); ++i) {
      std::string other = text;
      other[i] = other[i] == 'q' ? 'r' : 'q';
      CPPUNIT_ASSERT_MESSAGE(other, !ids.decode(other));
    }
    CPPUNIT_ASSERT(!ids.decode("") && !ids.decode(text + "0") && !ids.decode(std::string(26, '!')));
  }

  void keyIsKept() {
    env::FaultEnv env;
    const auto first = PublicIds::open(env, "cid.key");
    CPPUNIT_ASSERT(first.ok());
    const auto second = PublicIds::open(env, "cid.key");
    CPPUNIT_ASSERT(second.ok());
    CPPUNIT_ASSERT(second->decode(first->encode(9)) == uint64_t{9});
    CPPUNIT_ASSERT(PublicIds::read(env, "cid.key").ok());
    CPPUNIT_ASSERT(!PublicIds::read(env, "none.key").ok());
  }

  void damagedKey() {
    env::FaultEnv env;
    auto file = env.open("cid.key", env::Open::CreateNew);
    CPPUNIT_ASSERT((*file)->write(0, "00112233445566778899aabbccddee").ok());
    CPPUNIT_ASSERT(!PublicIds::open(env, "cid.key").ok());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PublicIdTest);

}  // namespace
