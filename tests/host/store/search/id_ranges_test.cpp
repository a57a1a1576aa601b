#include "store/search/id_ranges.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <set>

namespace posthouse::store::search {
namespace {

class IdRangesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(IdRangesTest);
  CPPUNIT_TEST(likeASet);
  CPPUNIT_TEST_SUITE_END();

 public:
  void likeASet() {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
      IdRanges ranges;
      std::set<MessageId> set;
      for (int i = 0; i < 12; ++i) {
        const MessageId first = 1 + random() % 40;
        const MessageId last = first + random() % 5;
        ranges.add({first, last});
        for (auto id = first; id <= last; ++id) set.insert(id);
        MessageId before = -1;
        for (const auto& r : ranges.ranges()) {
          CPPUNIT_ASSERT(r.first > before + 1 && r.last >= r.first);
          before = r.last;
        }
      }
      std::set<MessageId> missing;
      for (const auto& gap : ranges.gaps(3, 42))
        for (auto id = gap.first; id <= gap.last; ++id) missing.insert(id);
      for (MessageId id = 1; id < 50; ++id) {
        CPPUNIT_ASSERT_EQUAL(set.contains(id), ranges.contains(id));
        CPPUNIT_ASSERT_EQUAL(id >= 3 && id <= 42 && !set.contains(id), missing.contains(id));
      }
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(IdRangesTest);

}  // namespace
}  // namespace posthouse::store::search
