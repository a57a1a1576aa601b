// When recipients are tried, how often, and what their senders are told.
#include "queue_test_rig.hpp"

#include "queue/retry.hpp"

using namespace queue_test;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class ScheduleTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ScheduleTest);
  CPPUNIT_TEST(delays);
  CPPUNIT_TEST(triesEightTimes);
  CPPUNIT_TEST(refusedForGood);
  CPPUNIT_TEST(localRefusalIsTold);
  CPPUNIT_TEST(nobodyIsToldOfNotifications);
  CPPUNIT_TEST(notifyIsHonoured);
  CPPUNIT_TEST(returnsTheWholeMessage);
  CPPUNIT_TEST(oneGoForOneMessage);
  CPPUNIT_TEST(oneConnectionForManyMessages);
  CPPUNIT_TEST(limitsAndProbing);
  CPPUNIT_TEST(deadDestinationIsAskedOnce);
  CPPUNIT_TEST(hints);
  CPPUNIT_TEST(routes);
  CPPUNIT_TEST(failTransport);
  CPPUNIT_TEST(deliverBy);
  CPPUNIT_TEST(priorityFirst);
  CPPUNIT_TEST(holdRules);
  CPPUNIT_TEST(stopDoesNotWaitForEver);
  CPPUNIT_TEST(withdrawnTransport);
  CPPUNIT_TEST_SUITE_END();

  env::FaultEnv env_;
  Mailboxes boxes_;
  std::shared_ptr<Script> script_ = std::make_shared<Script>();

  // Lets `hours` pass in steps of five minutes; at each step all comes to rest.
  void hours(House& house, int hours) {
    for (int i = 0; i < hours * 12; ++i) {
      house.pass(300);
      CPPUNIT_ASSERT(house.rest());
    }
  }

 public:
  void delays() {
    const auto middle = [](uint32_t n) { return n / 2; };
    CPPUNIT_ASSERT_EQUAL(int64_t{450}, queue::retryDelay(1, middle));
    CPPUNIT_ASSERT_EQUAL(int64_t{900}, queue::retryDelay(2, middle));
    CPPUNIT_ASSERT_EQUAL(int64_t{57600}, queue::retryDelay(8, middle));
    CPPUNIT_ASSERT_EQUAL(int64_t{445 * 2}, queue::retryDelay(2, [](uint32_t) { return 0u; }));
    CPPUNIT_ASSERT_EQUAL(int64_t{455}, queue::retryDelay(1, [](uint32_t n) { return n - 1; }));
    // After the fifth attempt 2, 4 and 8 h are left.
    CPPUNIT_ASSERT_EQUAL(int64_t{7200}, queue::kFirstRetry << 4);
    CPPUNIT_ASSERT_EQUAL(int64_t{14 * 3600}, queue::retriesLeft(5, 8));
    CPPUNIT_ASSERT_EQUAL(int64_t{0}, queue::retriesLeft(8, 8));
  }

  void triesEightTimes() {
    script_->answer = [](auto&, auto&) { return reply(451, "4.7.1", "greylisted, come again"); };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"x@far.example"}), "Subject: hello\r\nFrom: ann@our.example\r\n\r\nbody\r\n");
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(1, script_->attempts.load());
    house.pass(440);
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(1, script_->attempts.load());
    house.pass(20);
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(2, script_->attempts.load());
    hours(house, 2);
    CPPUNIT_ASSERT_EQUAL(5, script_->attempts.load());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes_.notifications.size());
    const std::string& delayed = boxes_.notifications[0];
    CPPUNIT_ASSERT_MESSAGE(delayed, has(delayed,
                                        "\r\nAction: delayed\r\nStatus: 4.7.1\r\nRemote-MTA: dns; mx.far.example\r\n"
                                        "Diagnostic-Code: smtp; 451 4.7.1 greylisted, come again\r\n"
                                        "Last-Attempt-Date: "));
    CPPUNIT_ASSERT(has(delayed, "\r\nWill-Retry-Until: "));
    CPPUNIT_ASSERT(has(delayed, "Subject: hello\r\n"));
    CPPUNIT_ASSERT(!has(delayed, "body"));
    hours(house, 15);
    CPPUNIT_ASSERT_EQUAL(8, script_->attempts.load());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, boxes_.notifications.size());
    CPPUNIT_ASSERT(has(boxes_.notifications[1], "\r\nAction: failed\r\nStatus: 4.7.1\r\n"));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, house.queue.size());
  }

  void refusedForGood() {
    script_->answer = [](const auto& to, auto&) {
      return to == "no@far.example" ? reply(550, "5.1.1", "550-no such\n550 5.1.1 user") : reply(250, "", "ok");
    };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"no@far.example", "yes@far.example"}), "S: x\r\n\r\n");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, script_->delivered["yes@far.example S: x\r\n\r\n"]);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes_.notifications.size());
    const auto& told = boxes_.notifications[0];
    CPPUNIT_ASSERT(has(told, "\r\nFinal-Recipient: rfc822; no@far.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
    CPPUNIT_ASSERT(!has(told, "yes@far.example"));
    CPPUNIT_ASSERT(has(told, "\r\nTo: <ann@our.example>\r\n"));
  }

  void localRefusalIsTold() {
    boxes_.refused.insert("bob");
    House house(env_, boxes_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"bob", "eve"}), "S: x\r\n\r\n");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, boxes_.copies["S: x\r\n\r\n"]);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes_.notifications.size());
    CPPUNIT_ASSERT(has(boxes_.notifications[0], "550 5.7.1 not wanted"));
  }

  void nobodyIsToldOfNotifications() {
    script_->answer = [](auto&, auto&) { return reply(550, "5.1.1", "no"); };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    auto e = envelope("m", {"x@far.example"});
    e.reversePath = "";
    house.submit(e, "t");
    // A stranger whose own address refuses what he is told.
    e = envelope("n", {"x@far.example"});
    e.reversePath = "stranger@else.example";
    house.submit(e, "u");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(size_t{3}, script_->batches.size());
    CPPUNIT_ASSERT(boxes_.notifications.empty());
  }

  void notifyIsHonoured() {
    script_->answer = [](const auto& to, auto&) {
      if (to.starts_with("bad")) return reply(550, "5.1.1", "no");
      auto ok = reply(250, "2.0.0", "ok");
      if (to.starts_with("dsn")) ok.flags = PH_ATTEMPT_DSN;
      return ok;
    };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    auto e = envelope("m", {"bad-never@a.example", "bad-success@a.example", "bad-failure@a.example", "plain@a.example",
                            "wants@a.example", "dsn@a.example", "bob"});
    e.envid = "QQ314159";
    e.rcpts[0].notify = PH_NOTIFY_GIVEN | PH_NOTIFY_NEVER;
    e.rcpts[1].notify = PH_NOTIFY_GIVEN | PH_NOTIFY_SUCCESS;
    e.rcpts[2].notify = PH_NOTIFY_GIVEN | PH_NOTIFY_FAILURE;
    e.rcpts[2].orcpt = "rfc822;first@a.example";
    for (const int i : {4, 5, 6}) e.rcpts[static_cast<size_t>(i)].notify = PH_NOTIFY_GIVEN | PH_NOTIFY_SUCCESS;
    house.submit(e, "S: x\r\n\r\n");
    CPPUNIT_ASSERT(house.drain());
    std::string all;
    for (const auto& n : boxes_.notifications) all += n;
    CPPUNIT_ASSERT(!has(all, "bad-never"));
    CPPUNIT_ASSERT(!has(all, "bad-success"));
    CPPUNIT_ASSERT(!has(all, "plain@"));
    CPPUNIT_ASSERT(!has(all, "dsn@"));
    CPPUNIT_ASSERT(has(all, "Original-Envelope-Id: QQ314159\r\n"));
    CPPUNIT_ASSERT(has(all,
                       "Original-Recipient: rfc822;first@a.example\r\nFinal-Recipient: rfc822; "
                       "bad-failure@a.example\r\nAction: failed\r\n"));
    CPPUNIT_ASSERT(has(all, "Final-Recipient: rfc822; wants@a.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n"));
    CPPUNIT_ASSERT(has(all, "Final-Recipient: rfc822; bob@our.example\r\nAction: delivered\r\n"));
  }

  void returnsTheWholeMessage() {
    script_->answer = [](auto&, auto&) { return reply(550, "5.1.1", "no"); };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    auto e = envelope("m", {"x@far.example"});
    e.ret = PH_RET_FULL;
    house.submit(e, "S: x\r\n\r\nall of the body\r\n");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT(
        has(boxes_.notifications.at(0), "Content-Type: message/rfc822\r\n\r\nS: x\r\n\r\nall of the body\r\n"));
  }

  void oneGoForOneMessage() {
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"a@far.example", "b@far.example", "c@FAR.example", "d@other.example"}), "t");
    CPPUNIT_ASSERT(house.drain());
    std::sort(script_->batches.begin(), script_->batches.end());
    CPPUNIT_ASSERT(script_->batches == (std::vector<int>{1, 3}));
  }

  void oneConnectionForManyMessages() {
    {
      House house(env_, boxes_);
      CPPUNIT_ASSERT(house.queue.start().ok());
      for (int i = 0; i < 50; ++i) house.submit(envelope("m" + std::to_string(i), {"a@far.example"}), "t");
    }
    auto s = House::settings();
    s.perDestination = 1;
    House house(env_, boxes_, script_, s);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, script_->attempts.load());
    CPPUNIT_ASSERT_EQUAL(50, script_->delivered["a@far.example t"]);
  }

  void limitsAndProbing() {
    {
      House house(env_, boxes_);
      CPPUNIT_ASSERT(house.queue.start().ok());
      for (int i = 0; i < 40; ++i) {
        house.submit(envelope("m" + std::to_string(i), {"a@d" + std::to_string(i) + ".example", "b@one.example"}),
                     std::to_string(i));
      }
    }
    script_->hang = true;
    auto s = House::settings();
    s.connections = 12;
    House house(env_, boxes_, script_, s);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.until([&] { return script_->attempts >= 12; }));
    house.queue.wake();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CPPUNIT_ASSERT_EQUAL(12, script_->attempts.load());
    // While the first attempt has not reached one.example there is no second.
    std::vector<std::shared_ptr<queue::Attempt>> hung;
    {
      std::lock_guard lock(script_->mutex);
      hung.swap(script_->hung);
    }
    const auto one =
        std::count_if(hung.begin(), hung.end(), [](const auto& a) { return a->lane().destination == "one.example"; });
    CPPUNIT_ASSERT(one <= 1);
    script_->hang = false;
    for (const auto& a : hung) (void)script_->begin(a);
    hung.clear();
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT(script_->mostOpen <= 24);
    CPPUNIT_ASSERT_EQUAL(size_t{80}, script_->delivered.size());
  }

  void deadDestinationIsAskedOnce() {
    {
      House house(env_, boxes_);
      CPPUNIT_ASSERT(house.queue.start().ok());
      for (int i = 0; i < 1200; ++i) house.submit(envelope("m" + std::to_string(i), {"a@dead.example"}), "t");
    }
    script_->reachable = [](const auto&) { return false; };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(1, script_->attempts.load());
    const auto list = house.queue.list(0, 5000);
    CPPUNIT_ASSERT_EQUAL(size_t{1200}, list->size());
    for (const auto& r : *list) {
      CPPUNIT_ASSERT_EQUAL(1, r.attempts);
      CPPUNIT_ASSERT_EQUAL(std::string("connection refused"), r.reason);
      CPPUNIT_ASSERT(r.due >= House::clock + 445);
    }
  }

  void hints() {
    script_->reachable = [this](const auto&) { return script_->attempts > 1; };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"a@far.example"}), "t");
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(std::string(), script_->lastHint);
    house.pass(500);
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(std::string("tried one"), script_->lastHint);
  }

  void routes() {
    auto s = House::settings();
    for (const char* name : {"all", "domain", "account", "late"}) {
      queue::Transport t;
      t.name = name;
      t.kind = queue::Transport::Kind::Host;
      t.host = std::string(name) + ".host";
      s.transports.emplace(name, t);
    }
    s.routes = {{{}, {".away.example"}, 0, "all"}, {{}, {}, 3, "late"}};
    s.domainRoutes["our.example"] = {{{}, {"d.example"}, 0, "domain"}};
    s.accountRoutes["ann"] = {{{}, {"a.example"}, 0, "account"}};
    const auto choose = [&](const char* account, const char* to, int attempts) {
      return queue::chooseTransport(s, "", account, "our.example", to, attempts).name;
    };
    CPPUNIT_ASSERT_EQUAL(std::string("all"), choose("ann", "away.example", 0));
    CPPUNIT_ASSERT_EQUAL(std::string("all"), choose("ann", "x.away.example", 0));
    CPPUNIT_ASSERT_EQUAL(std::string(""), choose("ann", "xaway.example", 0));
    CPPUNIT_ASSERT_EQUAL(std::string("domain"), choose("ann", "d.example", 0));
    CPPUNIT_ASSERT_EQUAL(std::string("account"), choose("ann", "a.example", 0));
    CPPUNIT_ASSERT_EQUAL(std::string(""), choose("bob", "a.example", 2));
    CPPUNIT_ASSERT_EQUAL(std::string("late"), choose("bob", "a.example", 3));
    CPPUNIT_ASSERT_EQUAL(std::string("late"), queue::chooseTransport(s, "late", "ann", "x", "a.example", 0).name);
    House house(env_, boxes_, script_, s);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"x@a.example", "x@b.example"}), "t");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT(script_->transports == (std::set<std::string>{"", "account.host"}));
  }

  void failTransport() {
    auto s = House::settings();
    queue::Transport t;
    t.name = "stop";
    t.kind = queue::Transport::Kind::Fail;
    t.text = "not from here";
    s.transports.emplace("stop", t);
    s.routes = {{{}, {"bad.example"}, 0, "stop"}};
    House house(env_, boxes_, script_, s);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"x@bad.example"}), "t");
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(0, script_->attempts.load());
    CPPUNIT_ASSERT(has(boxes_.notifications.at(0), "Diagnostic-Code: x-posthouse; 554 5.7.0 not from here\r\n"));
  }

  void deliverBy() {
    script_->answer = [](auto&, auto&) { return reply(451, "4.0.0", "later"); };
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    auto e = envelope("m", {"x@far.example"});
    e.deliverBy = House::clock + 600;
    e.byMode = 'R';
    house.submit(e, "t");
    e = envelope("n", {"y@far.example"});
    e.deliverBy = House::clock + 600;
    e.byMode = 'N';
    house.submit(e, "u");
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT(boxes_.notifications.empty());
    hours(house, 1);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, boxes_.notifications.size());
    const bool first = has(boxes_.notifications[0], "x@far.example");
    CPPUNIT_ASSERT(has(boxes_.notifications[first ? 0 : 1], "Action: failed\r\nStatus: 5.4.7\r\n"));
    CPPUNIT_ASSERT(has(boxes_.notifications[first ? 1 : 0], "Action: delayed\r\n"));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, house.queue.size());
  }

  void priorityFirst() {
    {
      House house(env_, boxes_);
      CPPUNIT_ASSERT(house.queue.start().ok());
      for (const int p : {0, -3, 4, 1}) {
        auto e = envelope("p" + std::to_string(p), {"x@far.example"});
        e.priority = p;
        house.submit(e, std::to_string(p));
      }
    }
    std::vector<std::string> order;
    script_->answer = [&](auto&, const auto& text) {
      order.push_back(text);
      return Outcome{};
    };
    auto s = House::settings();
    s.perDestination = 1;
    House house(env_, boxes_, script_, s);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT(order == (std::vector<std::string>{"4", "1", "0", "-3"}));
  }

  void holdRules() {
    House house(env_, boxes_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("early", {"x@held.example", "x@free.example"}), "early");
    const auto id = house.queue.addHoldRule({0, "", "", "held.example"});
    CPPUNIT_ASSERT(id.ok());
    house.submit(envelope("late", {"y@held.example"}), "late");
    CPPUNIT_ASSERT(house.queue.offer(script_.get(), queue::kCarrierName, script_).ok());
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, script_->delivered.size());
    const auto list = house.queue.list(0, 10);
    for (const auto& r : *list) CPPUNIT_ASSERT(r.held);
    CPPUNIT_ASSERT(house.queue.removeHoldRule(*id).ok());
    CPPUNIT_ASSERT(!house.queue.removeHoldRule(*id).ok());
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, house.queue.size());
    CPPUNIT_ASSERT(house.queue.release({0, "bob", "", ""}).ok());
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, house.queue.size());
    CPPUNIT_ASSERT(house.queue.release({0, "ann", "our.example", ""}).ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, script_->delivered["x@held.example early"]);
  }

  void stopDoesNotWaitForEver() {
    class Deaf final : public queue::Carrier {
     public:
      std::vector<std::shared_ptr<queue::Attempt>> all;
      std::atomic<int> begun{0};
      std::atomic<int> cancelled{0};
      ph::Status begin(const std::shared_ptr<queue::Attempt>& a) override {
        all.push_back(a);
        ++begun;
        return {};
      }
      void cancel(queue::Attempt&) override { ++cancelled; }
    };
    auto deaf = std::make_shared<Deaf>();
    House house(env_, boxes_);
    CPPUNIT_ASSERT(house.queue.offer(this, queue::kCarrierName, deaf).ok());
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"x@far.example"}), "t");
    CPPUNIT_ASSERT(house.until([&] { return deaf->begun == 1; }));
    CPPUNIT_ASSERT(!house.queue.stop(std::chrono::milliseconds(50)));
    CPPUNIT_ASSERT_EQUAL(1, deaf->cancelled.load());
    ph_delivery d{};
    CPPUNIT_ASSERT_EQUAL(PH_E_CANCELLED, deaf->all[0]->next(&d));
    deaf->all[0]->end(nullptr, {});
    CPPUNIT_ASSERT(house.queue.stop());
    deaf->all.clear();  // they hold it, too
  }

  void withdrawnTransport() {
    script_->hang = true;
    House house(env_, boxes_, script_);
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m", {"x@far.example"}), "t");
    CPPUNIT_ASSERT(house.until([&] { return script_->attempts == 1; }));
    CPPUNIT_ASSERT(house.until([&] {
      std::lock_guard lock(script_->mutex);
      return !script_->hung.empty();
    }));
    CPPUNIT_ASSERT(house.queue.withdraw(script_.get(), std::chrono::seconds(5)));
    CPPUNIT_ASSERT(!house.queue.obstacle().empty());
    script_->hang = false;
    CPPUNIT_ASSERT(house.queue.offer(script_.get(), queue::kCarrierName, script_).ok());
    CPPUNIT_ASSERT(!house.queue.offer(script_.get(), queue::kCarrierName, script_).ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, script_->delivered["x@far.example t"]);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ScheduleTest);

}  // namespace
