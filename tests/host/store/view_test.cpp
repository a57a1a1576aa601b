// Views against a plain list, over random additions and removals; metadata headers; ids.
#include <algorithm>
#include <random>

#include "store/ids.hpp"
#include "store/meta.hpp"
#include "store_fixture.hpp"

namespace posthouse::store::testing {

class ViewTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ViewTest);
  CPPUNIT_TEST(followsAPlainList);
  CPPUNIT_TEST(sharesChunks);
  CPPUNIT_TEST(metaRoundTrip);
  CPPUNIT_TEST(idsAreNeverReused);
  CPPUNIT_TEST_SUITE_END();

 public:
  void followsAPlainList() {
    std::mt19937 random(7);
    std::vector<Uid> list;
    std::shared_ptr<const View> view = std::make_shared<View>(1, 5, 1, 0, list);
    Uid next = 1;
    for (int round = 1; round < 200; ++round) {
      std::vector<Uid> added, removed, left;
      for (auto n = random() % 300; n > 0; --n) added.push_back(next += 1 + random() % 3);
      for (const Uid uid : list) (random() % 8 == 0 ? removed : left).push_back(uid);
      const auto old = view;
      view = view->with(added, removed, next + 1, round);
      list = left;
      list.insert(list.end(), added.begin(), added.end());
      CPPUNIT_ASSERT_EQUAL(list.size(), std::size_t{view->count()});
      CPPUNIT_ASSERT(missing(*old, *view) == removed);
      CPPUNIT_ASSERT(missing(*view, *old) == added);
      for (int i = 0; i < 20 && !list.empty(); ++i) {
        const auto at = random() % list.size();
        CPPUNIT_ASSERT_EQUAL(list[at], view->uidAt(static_cast<std::uint32_t>(at) + 1));
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint32_t>(at) + 1, view->seqOf(list[at]));
        const Uid any = static_cast<Uid>(random() % (next + 2));
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint32_t>(std::upper_bound(list.begin(), list.end(), any) - list.begin()),
                             view->countTo(any));
      }
    }
    CPPUNIT_ASSERT_EQUAL(Uid{0}, view->uidAt(0));
    CPPUNIT_ASSERT_EQUAL(Uid{0}, view->uidAt(view->count() + 1));
  }

  void sharesChunks() {
    std::vector<Uid> uids(10'000);
    for (Uid i = 0; i < 10'000; ++i) uids[i] = i + 1;
    const View view(1, 1, 10'001, 1, uids);
    const auto next = view.with({10'001}, {5}, 10'002, 2);
    std::size_t shared = 0;
    for (const auto& chunk : next->chunks()) shared += std::count(view.chunks().begin(), view.chunks().end(), chunk);
    CPPUNIT_ASSERT_EQUAL(view.chunks().size() - 2, shared);
  }

  void metaRoundTrip() {
    const Meta meta{"ann", 42, -1, -330, "Wörk; a=b\r\n%", "a b@x", 17, std::string(32, '\xfe')};
    const auto text = formatMeta(meta);
    CPPUNIT_ASSERT(std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; }));
    const auto parsed = parseMeta(text + "Subject: x\r\n");
    CPPUNIT_ASSERT(parsed);
    CPPUNIT_ASSERT_EQUAL(text.size(), parsed->length);
    const auto& m = parsed->meta;
    CPPUNIT_ASSERT(m.account == meta.account && m.id == 42 && m.date == -1 && m.zone == -330 && m.prefix == 17);
    CPPUNIT_ASSERT(m.mailbox == meta.mailbox && m.reversePath == meta.reversePath && m.hash == meta.hash);
    for (std::size_t n = 0; n < text.size(); ++n) CPPUNIT_ASSERT(!parseMeta(std::string_view(text).substr(0, n)));
  }

  void idsAreNeverReused() {
    env::FaultEnv env;
    must(Ids::create(env, "ids"));
    MessageId last = 0;
    for (int i = 0; i < 20; ++i) {
      auto ids = must(Ids::open(env, "ids", 0, 3));
      for (int n = 0; n < i % 5; ++n) {
        const auto id = must(ids->next());
        CPPUNIT_ASSERT(id > last);
        last = id;
      }
      env.damage("ids", [i](std::string& s) { s.append(static_cast<std::size_t>(i % 16), 'x'); });  // torn records
    }
    CPPUNIT_ASSERT(must(must(Ids::open(env, "ids", 5000, 3))->next()) > 5000);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ViewTest);

}  // namespace posthouse::store::testing
