// The files of the spool: what was acknowledged stays, what was removed is gone, and files that are used again never
// mix.
#include "queue/spool.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>

#include "env/fault_env.hpp"
#include "queue_test_rig.hpp"

using namespace queue_test;
using posthouse::queue::Spool;

namespace {

std::string textOf(const mail::Message& m) {
  std::string out(1000, '\0');
  size_t n = 0;
  CPPUNIT_ASSERT_EQUAL(PH_OK, m.read(0, out.data(), out.size(), &n));
  out.resize(n);
  return out;
}

// The message behind the envelope; empty: there is none.
std::string read(const Spool& spool, const std::string& id) {
  uint64_t offset = 0;
  if (!spool.envelope(id, &offset)) return {};
  const auto m = spool.message(id, offset);
  return m ? textOf(*m->get()) : std::string();
}

ph::Status write(Spool& spool, const std::string& id, const std::string& text) {
  return spool.write(envelope(id, {"ann"}), "", *message(text).get());
}

size_t spares(env::Env& env) {
  const auto names = env.list("queue");
  return std::count_if(names->begin(), names->end(), [](const auto& n) { return n.ends_with(".spare"); });
}

class SpoolTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SpoolTest);
  CPPUNIT_TEST(filesAreUsedAgain);
  CPPUNIT_TEST(whatIsReadIsNotWrittenOver);
  CPPUNIT_TEST(leftoversOfACrash);
  CPPUNIT_TEST(powerCuts);
  CPPUNIT_TEST_SUITE_END();

 public:
  void filesAreUsedAgain() {
    env::FaultEnv env;
    Spool spool(env, "queue");
    CPPUNIT_ASSERT(spool.open().ok());
    CPPUNIT_ASSERT(write(spool, "a", std::string(500, 'a')).ok());
    CPPUNIT_ASSERT(spool.remove("a").ok());
    CPPUNIT_ASSERT(!env.info("queue/a").ok());
    CPPUNIT_ASSERT_EQUAL(uint64_t{0}, env.info("queue/1.spare")->size);
    // Its new name is durable with this one's.
    CPPUNIT_ASSERT(write(spool, "b", "b").ok());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, spares(env));
    CPPUNIT_ASSERT(write(spool, "c", "c").ok());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, spares(env));
    CPPUNIT_ASSERT_EQUAL(std::string("b"), read(spool, "b"));
    CPPUNIT_ASSERT_EQUAL(std::string("c"), read(spool, "c"));
    CPPUNIT_ASSERT(spool.remove("none").ok());
  }

  void whatIsReadIsNotWrittenOver() {
    env::FaultEnv env;
    auto spool = std::make_unique<Spool>(env, "queue");
    CPPUNIT_ASSERT(spool->open().ok());
    CPPUNIT_ASSERT(write(*spool, "a", "first").ok());
    uint64_t offset = 0;
    CPPUNIT_ASSERT(spool->envelope("a", &offset).ok());
    auto reader = spool->message("a", offset);
    CPPUNIT_ASSERT(reader.ok());
    CPPUNIT_ASSERT(spool->remove("a").ok());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, spares(env));
    CPPUNIT_ASSERT(write(*spool, "b", "second").ok());
    CPPUNIT_ASSERT(write(*spool, "c", "third").ok());
    CPPUNIT_ASSERT_EQUAL(std::string("first"), textOf(*reader->get()));
    spool.reset();  // a message may outlive it
    CPPUNIT_ASSERT_EQUAL(std::string("first"), textOf(*reader->get()));
  }

  void leftoversOfACrash() {
    env::FaultEnv env;
    {
      Spool spool(env, "queue");
      CPPUNIT_ASSERT(spool.open().ok());
      CPPUNIT_ASSERT(write(spool, "a", std::string(500, 'a')).ok());
    }
    CPPUNIT_ASSERT(env.rename("queue/a", "queue/7.spare").ok());  // and not emptied
    Spool spool(env, "queue");
    CPPUNIT_ASSERT(spool.open()->empty());
    CPPUNIT_ASSERT(write(spool, "b", "b").ok());
    CPPUNIT_ASSERT_EQUAL(std::string("b"), read(spool, "b"));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, spares(env));
  }

  // Whatever is left, each name has its own message or none that can be read.
  void powerCuts() {
    for (const auto how : {env::Cut::Drop, env::Cut::Keep, env::Cut::Tear, env::Cut::Shuffle}) {
      bool off = true;
      for (unsigned at = 1; off && at < 300; ++at) {
        env::FaultEnv env;
        std::vector<std::string> kept;
        {
          Spool spool(env, "queue");
          CPPUNIT_ASSERT(spool.open().ok());
          env.cutAt(at);
          for (const char* id : {"a", "b", "c", "d", "e"}) {
            if (!write(spool, id, std::string(700 + at, id[0]))) break;
            kept.emplace_back(id);
            if (*id != 'e' && *id != 'c') (void)spool.remove(id);
          }
        }
        off = env.isOff();
        env.cutAt(1);
        (void)env.makeFolder("off");
        env.powerCut(how, at * 31);
        Spool spool(env, "queue");
        CPPUNIT_ASSERT(spool.open().ok());
        for (const char* id : {"a", "b", "c", "d", "e"}) {
          const bool promised = (*id == 'c' || *id == 'e') && std::count(kept.begin(), kept.end(), id) != 0;
          const auto text = read(spool, id);
          const std::string where = "cut " + std::to_string(static_cast<int>(how)) + " at " + std::to_string(at);
          const std::string whole(700 + at, id[0]);
          if (promised) CPPUNIT_ASSERT_EQUAL_MESSAGE(where, whole, text);
          // A name that was given up may still be there, with what is left of its own message.
          CPPUNIT_ASSERT_MESSAGE(where + " " + id, text.find_first_not_of(std::string{id[0], '\0'}) == text.npos);
        }
      }
      CPPUNIT_ASSERT(!off);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SpoolTest);

}  // namespace
