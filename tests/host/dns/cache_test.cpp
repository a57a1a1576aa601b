// Answers and their times, with a clock of the test's own.
#include "dns/cache.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::dns;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::shared_ptr<const Answer> answer(uint32_t ttl, const std::string& value = "192.0.2.1") {
  auto a = std::make_shared<Answer>();
  a->outcome = Outcome::Found;
  a->ttl = ttl;
  a->records.push_back({.value = value});
  return a;
}

class CacheTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CacheTest);
  CPPUNIT_TEST(times);
  CPPUNIT_TEST(nothingWithoutTime);
  CPPUNIT_TEST(typesApart);
  CPPUNIT_TEST(replaces);
  CPPUNIT_TEST(entriesAreBounded);
  CPPUNIT_TEST(bytesAreBounded);
  CPPUNIT_TEST(clears);
  CPPUNIT_TEST_SUITE_END();

 public:
  void times() {
    cache_.put({"a", Type::A}, answer(10), now_);
    CPPUNIT_ASSERT_EQUAL(uint32_t{10}, cache_.find({"a", Type::A}, now_)->ttl);
    CPPUNIT_ASSERT_EQUAL(uint32_t{6}, cache_.find({"a", Type::A}, now_ + milliseconds(3500))->ttl);
    CPPUNIT_ASSERT_EQUAL(uint32_t{0}, cache_.find({"a", Type::A}, now_ + milliseconds(9999))->ttl);
    CPPUNIT_ASSERT(!cache_.find({"a", Type::A}, now_ + seconds(10)));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, cache_.entries());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, cache_.bytes());
  }

  void nothingWithoutTime() {
    cache_.put({"a", Type::A}, answer(0), now_);
    CPPUNIT_ASSERT(!cache_.find({"a", Type::A}, now_));
  }

  void typesApart() {
    cache_.put({"a", Type::A}, answer(10), now_);
    CPPUNIT_ASSERT(!cache_.find({"a", Type::Aaaa}, now_));
    CPPUNIT_ASSERT(!cache_.find({"b", Type::A}, now_));
  }

  void replaces() {
    cache_.put({"a", Type::A}, answer(10, "one"), now_);
    const size_t bytes = cache_.bytes();
    cache_.put({"a", Type::A}, answer(20, "two"), now_);
    CPPUNIT_ASSERT_EQUAL(std::string("two"), cache_.find({"a", Type::A}, now_)->answer->records[0].value);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, cache_.entries());
    CPPUNIT_ASSERT_EQUAL(bytes, cache_.bytes());
  }

  void entriesAreBounded() {
    for (int i = 0; i < 4; ++i) cache_.put({std::to_string(i), Type::A}, answer(10), now_);
    CPPUNIT_ASSERT(cache_.find({"0", Type::A}, now_));  // used: stays
    cache_.put({"4", Type::A}, answer(10), now_);
    CPPUNIT_ASSERT_EQUAL(size_t{4}, cache_.entries());
    CPPUNIT_ASSERT(cache_.find({"0", Type::A}, now_));
    CPPUNIT_ASSERT(!cache_.find({"1", Type::A}, now_));
  }

  void bytesAreBounded() {
    const std::string big(40000, 'x');
    for (int i = 0; i < 3; ++i) cache_.put({std::to_string(i), Type::Txt}, answer(10, big), now_);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, cache_.entries());
    CPPUNIT_ASSERT(cache_.bytes() <= 100000 && cache_.bytes() > 80000);
    cache_.put({"huge", Type::Txt}, answer(10, std::string(100000, 'x')), now_);
    CPPUNIT_ASSERT(!cache_.find({"huge", Type::Txt}, now_));
    CPPUNIT_ASSERT_EQUAL(size_t{2}, cache_.entries());
  }

  void clears() {
    cache_.put({"a", Type::A}, answer(10), now_);
    cache_.clear();
    CPPUNIT_ASSERT(!cache_.find({"a", Type::A}, now_));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, cache_.bytes());
  }

 private:
  Cache cache_{4, 100000};
  Cache::Time now_{hours(1000)};
};

CPPUNIT_TEST_SUITE_REGISTRATION(CacheTest);

}  // namespace
