// What an admin does with the queue: lists, holds, times, giving up, dropping; what is kept of mail that is over.
#include "queue/operations.hpp"

#include <algorithm>

#include "ph/dsn/report.hpp"
#include "queue_test_rig.hpp"

namespace {

using namespace queue_test;
using queue::Filter;
using queue::Operations;
using queue::RetiredFilter;

struct Event {
  std::string name, account, data;
};

struct Office : House {
  std::mutex mutex;
  std::vector<Event> events;
  Operations operations;
  Office(env::Env& env, Mailboxes& boxes, std::shared_ptr<Script> s, queue::Settings q = settings())
      : House(env, boxes, std::move(s), std::move(q),
              [this](std::string_view name, const std::string& account, const std::string& data) {
                std::lock_guard lock(mutex);
                events.push_back({std::string(name), account, data});
              }),
        operations(queue) {
    CPPUNIT_ASSERT(queue.start().ok());
  }
  ~Office() { queue.stop(); }  // nobody publishes any more
  bool published(const std::string& name, const std::string& part) {
    std::lock_guard lock(mutex);
    return std::any_of(events.begin(), events.end(), [&](const auto& e) {
      return e.name == name && e.account == "ann" && e.data.find(part) != std::string::npos;
    });
  }
};

class QueueOperationsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QueueOperationsTest);
  CPPUNIT_TEST(filters);
  CPPUNIT_TEST(holdAndRelease);
  CPPUNIT_TEST(times);
  CPPUNIT_TEST(transportAndTls);
  CPPUNIT_TEST(failTellsTheSender);
  CPPUNIT_TEST(dropTellsNobody);
  CPPUNIT_TEST(dropWhileCarried);
  CPPUNIT_TEST(dump);
  CPPUNIT_TEST(retired);
  CPPUNIT_TEST(suppressionByHand);
  CPPUNIT_TEST(suppressionFills);
  CPPUNIT_TEST(suppressionAfterThree);
  CPPUNIT_TEST(baseAddresses);
  CPPUNIT_TEST(notificationsComeIn);
  CPPUNIT_TEST(limits);
  CPPUNIT_TEST(disabledDomain);
  CPPUNIT_TEST(testErrors);
  CPPUNIT_TEST_SUITE_END();

  env::FaultEnv env_;
  Mailboxes boxes_;
  std::shared_ptr<Script> script_;

 public:
  void setUp() override {
    script_ = std::make_shared<Script>();
    script_->answer = [](auto&, auto&) { return reply(451, "4.3.0", "later"); };
  }

  static Filter to(const std::string& part) {
    Filter f;
    f.to = part;
    return f;
  }
  static std::vector<std::string> names(Office& o, const Filter& f) {
    std::vector<std::string> out;
    const auto found = o.operations.list(f);
    CPPUNIT_ASSERT_MESSAGE(found ? "" : found.error().text, found.ok());
    for (const auto& i : *found) out.push_back(i.forwardPath);
    return out;
  }
  using Names = std::vector<std::string>;
  static void equal(const Names& expected, const Names& actual) {
    const auto text = [](const Names& n) {
      std::string out;
      for (const auto& s : n) out += s + " ";
      return out;
    };
    CPPUNIT_ASSERT_EQUAL(text(expected), text(actual));
  }
  static void deferred(Office& o) { CPPUNIT_ASSERT(o.rest()); }

  void filters() {
    Office o(env_, boxes_, script_);
    o.submit(envelope("m1", {"x@far.example", "y@near.example"}), "one");
    House::clock += 10;
    auto second = envelope("m2", {"z@far.example"});
    second.account = "bob";
    second.reversePath = "Bob@our.example";
    o.submit(second, "two");
    deferred(o);
    equal({"x@far.example", "y@near.example", "z@far.example"}, names(o, {}));
    equal({"x@far.example", "z@far.example"}, names(o, to("@FAR.example")));
    Filter f;
    f.account = "bob";
    equal({"z@far.example"}, names(o, f));
    f = {};
    f.from = "bob@";
    equal({"z@far.example"}, names(o, f));
    f = {};
    f.message = "m1";
    f.max = 1;
    f.descending = true;
    equal({"y@near.example"}, names(o, f));
    f = {};
    f.queuedAfter = House::clock - 1;
    equal({"z@far.example"}, names(o, f));
    f = {};
    f.dueBefore = House::clock;
    equal({}, names(o, f));
    f = {};
    f.to = "' OR 1=1 --";
    equal({}, names(o, f));
    const auto all = o.operations.summary();
    CPPUNIT_ASSERT(all.ok());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, all->size());
    CPPUNIT_ASSERT_EQUAL(std::string("far.example"), all->front().destination);
    CPPUNIT_ASSERT_EQUAL(int64_t{2}, all->front().waiting);
    CPPUNIT_ASSERT_EQUAL(std::string("later"), all->front().reason);
    const auto one = o.operations.show((*o.operations.list(to("z@")))[0].id);
    CPPUNIT_ASSERT(one.ok() && one->attempts == 1 && one->code == 451 && one->host == "mx.far.example");
    CPPUNIT_ASSERT(!o.operations.show(99).ok());
  }

  void holdAndRelease() {
    Office o(env_, boxes_, script_);
    o.submit(envelope("m1", {"x@far.example", "y@near.example"}), "one");
    deferred(o);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.hold(to("far")));
    Filter held;
    held.held = true;
    equal({"x@far.example"}, names(o, held));
    script_->answer = [](auto&, auto&) { return Outcome{}; };
    o.pass(3600);
    CPPUNIT_ASSERT(o.rest());
    equal({"x@far.example"}, names(o, {}));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.unhold(held));
    CPPUNIT_ASSERT(o.drain());
  }

  void times() {
    Office o(env_, boxes_, script_);
    o.submit(envelope("m1", {"x@far.example"}), "one");
    deferred(o);
    const int64_t due = o.operations.list({})->at(0).due;
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.rescheduleBy({}, 3600));
    CPPUNIT_ASSERT_EQUAL(due + 3600, o.operations.list({})->at(0).due);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.rescheduleAt({}, due + 9999));
    CPPUNIT_ASSERT_EQUAL(due + 9999, o.operations.list({})->at(0).due);
    const int before = script_->attempts;
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.retryNow({}));
    CPPUNIT_ASSERT(o.until([&] { return script_->attempts > before; }));
    CPPUNIT_ASSERT(o.rest());
    CPPUNIT_ASSERT_EQUAL(2, o.operations.list({})->at(0).attempts);
    CPPUNIT_ASSERT_EQUAL(size_t{0}, *o.operations.retryNow(to("nobody")));
  }

  void transportAndTls() {
    auto settings = House::settings();
    settings.transports["relay"] = {};
    settings.transports["relay"].name = "relay";
    settings.transports["relay"].kind = queue::Transport::Kind::Host;
    settings.transports["relay"].host = "relay.example";
    Office o(env_, boxes_, script_, settings);
    o.submit(envelope("m1", {"x@far.example"}), "one");
    deferred(o);
    CPPUNIT_ASSERT(!o.operations.setTransport({}, "nothing").ok());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.setTransport({}, "relay"));
    Filter f;
    f.transport = "relay";
    equal({"x@far.example"}, names(o, f));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.setTls({}, Operations::Tls::Required));
    CPPUNIT_ASSERT(o.operations.list({})->at(0).requireTls);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.setTls({}, Operations::Tls::Optional));
    CPPUNIT_ASSERT(!o.operations.list({})->at(0).requireTls && o.operations.list({})->at(0).tlsOptional);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.setTls({}, Operations::Tls::Default));
    CPPUNIT_ASSERT(!o.operations.list({})->at(0).tlsOptional);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.retryNow({}));
    CPPUNIT_ASSERT(o.rest());
    std::lock_guard lock(script_->mutex);
    CPPUNIT_ASSERT(script_->transports.contains("relay.example"));
  }

  void failTellsTheSender() {
    Office o(env_, boxes_, script_);
    auto e = envelope("m1", {"x@far.example", "y@far.example", "z@near.example"});
    e.rcpts[1].notify = PH_NOTIFY_GIVEN | PH_NOTIFY_NEVER;
    o.submit(e, "one");
    deferred(o);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, *o.operations.fail(to("far"), "we know better"));
    CPPUNIT_ASSERT(o.rest());
    equal({"z@near.example"}, names(o, {}));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes_.notifications.size());
    CPPUNIT_ASSERT(boxes_.notifications[0].find("Final-Recipient: rfc822; x@far.example") != std::string::npos);
    CPPUNIT_ASSERT(boxes_.notifications[0].find("y@far.example") == std::string::npos);
    CPPUNIT_ASSERT(boxes_.notifications[0].find("we know better") != std::string::npos);
    CPPUNIT_ASSERT(o.published("queue.failed", "\"to\":\"y@far.example\""));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.fail({}));
    CPPUNIT_ASSERT(o.drain());
  }

  void dropTellsNobody() {
    Office o(env_, boxes_, script_);
    o.submit(envelope("m1", {"x@far.example", "y@near.example"}), "one");
    deferred(o);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.drop(to("near")));
    equal({"x@far.example"}, names(o, {}));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, o.queue.size());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.drop({}));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, o.queue.size());
    CPPUNIT_ASSERT(o.rest());
    CPPUNIT_ASSERT(boxes_.notifications.empty());
    CPPUNIT_ASSERT(o.published("queue.canceled", "x@far.example"));
    CPPUNIT_ASSERT(!env_.info("queue/m1").ok());
  }

  void dropWhileCarried() {
    script_->hang = true;
    Office o(env_, boxes_, script_);
    o.submit(envelope("m1", {"x@far.example"}), "one");
    CPPUNIT_ASSERT(o.until([&] {
      std::lock_guard lock(script_->mutex);
      return !script_->hung.empty();
    }));
    std::shared_ptr<queue::Attempt> attempt;
    {
      std::lock_guard lock(script_->mutex);
      attempt = script_->hung.front();
      script_->hung.clear();
    }
    ph_delivery d{};
    CPPUNIT_ASSERT_EQUAL(PH_OK, attempt->next(&d));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, *o.operations.drop({}));
    CPPUNIT_ASSERT_EQUAL(PH_OK, attempt->result(0, reply(451, "4.3.0", "later")));
    attempt->end(nullptr, {});
    CPPUNIT_ASSERT(o.rest());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, o.queue.size());
    equal({}, names(o, {}));
  }

  void dump() {
    Office o(env_, boxes_, script_);
    o.submit(envelope("m1", {"x@far.example"}), "all of it");
    deferred(o);
    const auto m = o.operations.message(o.operations.list({})->at(0).id);
    CPPUNIT_ASSERT(m.ok());
    CPPUNIT_ASSERT_EQUAL(std::string("all of it"), textOf(*m));
    CPPUNIT_ASSERT(!o.operations.message(99).ok());
  }

  void retired() {
    script_->answer = [](const std::string& to, auto&) {
      return to == "x@far.example" ? Outcome{} : reply(550, "5.1.1", "no such user");
    };
    Office o(env_, boxes_, script_);
    o.submit(envelope("m1", {"x@far.example", "y@far.example"}), "one");
    CPPUNIT_ASSERT(o.drain());
    RetiredFilter f;
    f.account = "ann";
    CPPUNIT_ASSERT_EQUAL(size_t{2}, o.operations.retired(f)->size());
    f.delivered = false;
    const auto failed = o.operations.retired(f);
    CPPUNIT_ASSERT(failed.ok() && failed->size() == 1 && failed->at(0).forwardPath == "y@far.example");
    CPPUNIT_ASSERT(failed->at(0).enhanced == "5.1.1" && failed->at(0).text == "no such user");
    f = {};
    f.endedAfter = House::clock.load();
    CPPUNIT_ASSERT(o.operations.retired(f)->empty());
    House::clock += 8 * 86400;
    o.queue.sweepNow();
    CPPUNIT_ASSERT(o.until([&] { return o.operations.retired({})->empty(); }));
  }

  void suppressionByHand() {
    Office o(env_, boxes_, script_);
    CPPUNIT_ASSERT(o.operations.suppress("ann", "X.Y+z@far.example", "asked us to").ok());
    CPPUNIT_ASSERT(!o.operations.suppress("ann", "xy@far.example", "").ok());
    CPPUNIT_ASSERT(o.operations.suppress("bob", "xy@far.example", "").ok());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, o.operations.suppressions("")->size());
    CPPUNIT_ASSERT(o.operations.suppressions("ann", "xy-q@far.example")->at(0).manual);
    script_->answer = [](auto&, auto&) { return Outcome{}; };
    o.submit(envelope("m1", {"xy@far.example", "w@far.example"}), "one");
    CPPUNIT_ASSERT(o.drain());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, script_->delivered.size());
    CPPUNIT_ASSERT(o.published("queue.suppressed", "xy@far.example"));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes_.notifications.size());
    CPPUNIT_ASSERT(boxes_.notifications[0].find("suppression list") != std::string::npos);
    CPPUNIT_ASSERT(o.operations.unsuppress("ann", "xy@far.example").ok());
    CPPUNIT_ASSERT(!o.operations.unsuppress("ann", "xy@far.example").ok());
    o.submit(envelope("m2", {"xy@far.example"}), "two");
    CPPUNIT_ASSERT(o.drain());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, script_->delivered.size());
  }

  void suppressionFills() {
    script_->answer = [](auto&, auto&) { return reply(550, "5.1.1", "no such user"); };
    auto settings = House::settings();
    settings.suppressing = {"ann"};
    Office o(env_, boxes_, script_, settings);
    auto bobs = envelope("m2", {"x@far.example"});
    bobs.account = "bob";
    o.submit(envelope("m1", {"x@far.example"}), "one");
    o.submit(bobs, "two");
    CPPUNIT_ASSERT(o.drain());
    const auto all = o.operations.suppressions("");
    CPPUNIT_ASSERT_EQUAL(size_t{1}, all->size());
    CPPUNIT_ASSERT(all->at(0).account == "ann" && !all->at(0).manual && all->at(0).reason == "no such user");
  }

  void suppressionAfterThree() {
    script_->answer = [](auto&, auto&) { return reply(554, "5.6.0", "not this one"); };
    auto settings = House::settings();
    settings.suppressing = {"ann"};
    Office o(env_, boxes_, script_, settings);
    for (int i = 0; i < 3; ++i) {
      CPPUNIT_ASSERT(o.operations.suppressions("")->empty());
      ++House::clock;
      o.submit(envelope("m" + std::to_string(i), {"x@far.example"}), "one");
      CPPUNIT_ASSERT(o.drain());
    }
    CPPUNIT_ASSERT_EQUAL(size_t{1}, o.operations.suppressions("")->size());
  }

  void baseAddresses() {
    for (const auto& [address, base] : {std::pair("A.b+c-d@Far.Example", "ab@far.example"),
                                        {"-x@far.example", "-x@far.example"},
                                        {"x-y@B\xc3\xbc"
                                         "cher.example",
                                         "x@xn--bcher-kva.example"},
                                        {"postmaster", "postmaster"}}) {
      CPPUNIT_ASSERT_EQUAL(std::string(base), queue::baseAddress(address));
    }
  }

  void notificationsComeIn() {
    std::string sender;
    script_->answer = [](auto&, auto&) { return Outcome{}; };
    auto settings = House::settings();
    settings.suppressing = {"ann"};
    Office o(env_, boxes_, script_, settings);
    auto e = envelope("m1", {"x@far.example", "y@far.example"});
    e.rcpts[0].returnTo = "ann+abc@our.example";
    e.rcpts[1].returnTo = "ann+def@our.example";
    o.submit(e, "one");
    CPPUNIT_ASSERT(o.drain());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, script_->batches.size());  // each with a reverse-path of its own
    ph::dsn::Received report;
    report.reportingMta = "mx.far.example";
    report.recipients = {{"other@far.example", "", "failed", "5.1.1", "550 5.1.1 gone"},
                         {"x@far.example", "", "failed", "5.2.1", "550 5.2.1 closed"}};
    CPPUNIT_ASSERT(o.operations.notified("Ann+ABC@our.example", report).ok());
    CPPUNIT_ASSERT(!o.operations.notified("ann+xyz@our.example", report).ok());
    CPPUNIT_ASSERT(o.published("queue.dsn.failed", "\"to\":\"x@far.example\""));
    RetiredFilter f;
    f.to = "x@";
    const auto kept = o.operations.retired(f);
    CPPUNIT_ASSERT(kept->at(0).delivered && kept->at(0).told == "failed" && kept->at(0).toldStatus == "5.2.1");
    CPPUNIT_ASSERT_EQUAL(std::string("x@far.example"), o.operations.suppressions("ann")->at(0).address);
    report.recipients = {{"y@far.example", "", "delayed", "4.4.1", ""}};
    CPPUNIT_ASSERT(o.operations.notified("ann+def@our.example", report).ok());
    CPPUNIT_ASSERT(o.published("queue.dsn.delayed", "y@far.example"));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, o.operations.suppressions("ann")->size());
  }

  void limits() {
    auto settings = House::settings();
    settings.limits = {5, 3};
    settings.accountLimits["bob"] = {0, 0};
    Office o(env_, boxes_, script_, settings);
    const auto refused = [&](const Envelope& e) {
      const auto s = o.queue.submit(e, "", *message("x").get());
      return !s && s.error().kind == ph::Kind::Quota;
    };
    o.submit(envelope("m1", {"a@far.example", "b@far.example", "c@far.example"}), "x");
    CPPUNIT_ASSERT(refused(envelope("m2", {"d@far.example"})));  // a fourth new one
    o.submit(envelope("m3", {"A@far.example", "b@far.example"}), "x");
    CPPUNIT_ASSERT(refused(envelope("m4", {"a@far.example"})));  // a sixth recipient
    auto bobs = envelope("m5", {"d@far.example", "e@far.example", "f@far.example", "g@far.example"});
    bobs.account = "bob";
    o.submit(bobs, "x");
    CPPUNIT_ASSERT_EQUAL(size_t{3}, o.queue.size());
    CPPUNIT_ASSERT(!env_.info("queue/m2").ok());
    House::clock += queue::kLimitSpan + 1;
    o.submit(envelope("m6", {"a@far.example", "d@far.example", "e@far.example", "f@far.example"}), "x");
    CPPUNIT_ASSERT(refused(envelope("m7", {"g@far.example"})));
  }

  void disabledDomain() {
    script_->answer = [](auto&, auto&) { return Outcome{}; };
    auto settings = House::settings();
    settings.disabledDomains = {"our.example"};
    Office o(env_, boxes_, script_, settings);
    o.submit(envelope("m1", {"x@far.example"}), "x");
    CPPUNIT_ASSERT(o.rest());
    const auto i = o.operations.list({})->at(0);
    CPPUNIT_ASSERT(i.attempts == 1 && i.enhanced == "4.3.0");
    o.queue.setSettings(House::settings());
    o.pass(3600);
    CPPUNIT_ASSERT(o.drain());
  }

  void testErrors() {
    script_->answer = [](auto&, auto&) { return Outcome{}; };
    auto settings = House::settings();
    settings.errorLocalparts = true;
    Office o(env_, boxes_, script_, settings);
    o.submit(envelope("m1", {"queuetemperror@far.example", "queue552@far.example", "queuetimeout@far.example",
                             "queue-permerror@far.example", "temperror@far.example"}),
             "x");
    CPPUNIT_ASSERT(o.rest());
    equal({"queuetemperror@far.example", "queuetimeout@far.example"}, names(o, {}));
    CPPUNIT_ASSERT_EQUAL(0, o.operations.list(to("timeout"))->at(0).attempts);
    CPPUNIT_ASSERT_EQUAL(1, o.operations.list(to("temperror"))->at(0).attempts);
    RetiredFilter f;
    f.delivered = false;
    CPPUNIT_ASSERT_EQUAL(552, o.operations.retired(f)->at(0).code);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(QueueOperationsTest);

}  // namespace
