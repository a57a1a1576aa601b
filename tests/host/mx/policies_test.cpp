// Policies about mail exchangers: answers are merged to the strictest, and silence is a refusal.
#include "mx/policies.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <future>
#include <thread>

#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "ph/text.hpp"

using namespace posthouse::mx;
using std::chrono::milliseconds;

namespace {

// A policy that answers at once, later from another thread, or not at all.
struct Behaviour {
  ph_status status = PH_OK;
  int32_t level = PH_MX_ANY;
  bool refuse = false;
  const char* text = "";
  std::vector<std::string> names, records;
  int laterMs = 0;
  std::thread thread;
  std::string asked;
  std::atomic<int> running{0};

  ~Behaviour() {
    if (thread.joinable()) thread.join();
  }

  void answer(ph_mx_call* call) const {
    std::vector<ph_str> n, r;
    for (const auto& s : names) n.push_back(ph::str(s));
    for (const auto& s : records) r.push_back(ph::str(s));
    auto a = ph::sized<ph_mx_answer>();
    a.level = level;
    a.refuse = refuse ? 1 : 0;
    a.text = ph::str(text);
    a.names = n.data();
    a.name_count = n.size();
    a.records = r.data();
    a.record_count = r.size();
    Policies::answer(call, a);
  }

  static ph_status judge(void* self, const ph_mx_question* q, ph_mx_call* call) {
    auto& b = *static_cast<Behaviour*>(self);
    b.asked = std::string(ph::view(q->domain)) + ' ' + std::string(ph::view(q->host)) + ' ' +
              std::string(ph::view(q->canonical)) + ' ' + std::to_string(q->port) + (q->mx_secure ? " 1" : " 0") +
              (q->host_secure ? " 1" : " 0");
    if (b.status != PH_OK) return b.status;
    if (b.laterMs == 0) {
      b.answer(call);
    } else {
      b.thread = std::thread([&b, call] {
        std::this_thread::sleep_for(milliseconds(b.laterMs));
        b.answer(call);
      });
    }
    return PH_OK;
  }
};

class PoliciesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PoliciesTest);
  CPPUNIT_TEST(nobodyHasAPolicy);
  CPPUNIT_TEST(merging);
  CPPUNIT_TEST(theStrictestWins);
  CPPUNIT_TEST(failuresRefuse);
  CPPUNIT_TEST(lateIsARefusalAndTheAnswerIsDropped);
  CPPUNIT_TEST(namesAndOwners);
  CPPUNIT_TEST_SUITE_END();

 public:
  void nobodyHasAPolicy() { CPPUNIT_ASSERT_EQUAL(std::string("any"), ask()); }

  void merging() {
    const Answer any{}, encrypted{PH_MX_ENCRYPTED, false, "e", {}, {}}, pkix{PH_MX_PKIX, false, "p", {"a", "b"}, {}},
        otherPkix{PH_MX_PKIX, false, "q", {"b", "c"}, {}}, dane{PH_MX_DANE, false, "d", {"a"}, {"r"}},
        refusal{PH_MX_ANY, true, "no", {}, {}}, strictRefusal{PH_MX_PKIX, true, "never", {}, {}};
    const std::tuple<std::vector<Answer>, std::string> cases[] = {
        {{any, any}, "any"},
        {{encrypted, any}, "encrypted e"},
        {{any, pkix}, "pkix p names=a,b"},
        {{pkix, otherPkix}, "pkix p; q names=a,b,c"},
        {{pkix, dane}, "dane d names=a records=r"},
        {{dane, pkix}, "dane d names=a records=r"},
        {{refusal, dane}, "dane refused no names=a records=r"},
        {{dane, refusal}, "dane refused no names=a records=r"},
        {{refusal, strictRefusal}, "pkix refused no; never"},
    };
    for (const auto& [answers, wanted] : cases) {
      Answer merged;
      for (const auto& a : answers) merge(merged, a);
      // Text of two refusals of different levels: the order is all that may differ.
      if (wanted.starts_with("pkix refused")) {
        CPPUNIT_ASSERT(merged.refuse && merged.level == PH_MX_PKIX);
      } else {
        CPPUNIT_ASSERT_EQUAL(wanted, show(merged));
      }
    }
  }

  void theStrictestWins() {
    Behaviour dane, sts, slow;
    dane.level = PH_MX_DANE;
    dane.names = {"mx.example"};
    dane.records = {"r1"};
    dane.text = "dane";
    sts.level = PH_MX_PKIX;
    sts.names = {"other.example"};
    slow.laterMs = 30;
    add(dane, "dane");
    add(sts, "mta-sts");
    add(slow, "slow");
    CPPUNIT_ASSERT_EQUAL(std::string("dane dane names=mx.example records=r1"), ask());
    CPPUNIT_ASSERT_EQUAL(std::string("example.org mx.example.org real.example.net 2525 1 0"), sts.asked);
  }

  void failuresRefuse() {
    Behaviour broken;
    broken.status = PH_E_TEMPORARY;
    add(broken, "broken");
    CPPUNIT_ASSERT_EQUAL(std::string("any refused broken: it failed"), ask());
    broken.status = PH_OK;
    broken.level = 17;
    CPPUNIT_ASSERT_EQUAL(std::string("any refused broken: a level that does not exist"), ask());
    broken.level = PH_MX_ANY;
    CPPUNIT_ASSERT_EQUAL(std::string("any"), ask());
    stopping_ = true;
    CPPUNIT_ASSERT_EQUAL(std::string("any refused broken: it is stopping"), ask());
  }

  void lateIsARefusalAndTheAnswerIsDropped() {
    Behaviour late;
    late.laterMs = 300;
    late.level = PH_MX_DANE;
    add(late, "late", 50);
    CPPUNIT_ASSERT_EQUAL(std::string("any refused late: it is late"), ask());
    late.thread.join();
    CPPUNIT_ASSERT_EQUAL(1, told_.load());
    CPPUNIT_ASSERT_EQUAL(0, begun_.load());
  }

  void namesAndOwners() {
    Behaviour a, b;
    a.refuse = true;
    add(a, "a");
    CPPUNIT_ASSERT(!policies_.add(&b, policy(b, "a", 1000)).ok());
    CPPUNIT_ASSERT(!policies_.add(&b, Policy{}).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("any refused a"), ask());
    policies_.remove(&a);
    CPPUNIT_ASSERT_EQUAL(std::string("any"), ask());
    CPPUNIT_ASSERT(policies_.add(&b, policy(b, "a", 1000)).ok());
  }

 private:
  static std::string show(const Answer& a) {
    static constexpr const char* kLevels[] = {"any", "encrypted", "pkix", "dane"};
    std::string out = kLevels[a.level];
    if (a.refuse) out += " refused";
    if (!a.text.empty()) out += ' ' + a.text;
    for (const auto& [list, name] : {std::pair(&a.names, " names="), {&a.records, " records="}}) {
      for (const auto& s : *list) out += (&s == &list->front() ? name : ",") + s;
    }
    return out;
  }

  Policy policy(Behaviour& b, const char* name, int deadlineMs) {
    Policy p;
    p.plugin = "test";
    p.name = name;
    p.deadline = milliseconds(deadlineMs);
    p.self = &b;
    p.judge = &Behaviour::judge;
    p.begin = [this] {
      if (stopping_) return false;
      ++begun_;
      return true;
    };
    p.end = [this] { --begun_; };
    return p;
  }

  void add(Behaviour& b, const char* name, int deadlineMs = 5000) {
    CPPUNIT_ASSERT(policies_.add(&b, policy(b, name, deadlineMs)).ok());
  }

  std::string ask() {
    std::promise<std::string> promise;
    auto answer = promise.get_future();
    policies_.judge({2525, "example.org", "mx.example.org", "real.example.net", true, false}, [&](const Answer& a) {
      ++told_;
      promise.set_value(show(a));
    });
    CPPUNIT_ASSERT(answer.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return answer.get();
  }

  posthouse::jobs::Pool pool_{"test", 4, 100};
  posthouse::jobs::Timers timers_;
  Policies policies_{pool_, timers_};
  std::atomic<bool> stopping_{false};
  std::atomic<int> begun_{0}, told_{0};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PoliciesTest);

}  // namespace
