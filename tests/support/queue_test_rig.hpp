// A queue with a clock that tests move, mailboxes that remember, and a transport that follows a script.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "env/fault_env.hpp"
#include "ph/draft/host/transport.h"
#include "ph/text.hpp"
#include "queue/carriers.hpp"
#include "queue/queue.hpp"

namespace queue_test {

using namespace posthouse;
using queue::Envelope;
using queue::Outcome;
using queue::Queue;

inline mail::MessageRef message(const std::string& text) {
  mail::MessageRef m(mail::newBuffer("/tmp", 1 << 20));
  CPPUNIT_ASSERT_EQUAL(PH_OK, m->write(text));
  CPPUNIT_ASSERT_EQUAL(PH_OK, m->finish());
  return m;
}

inline std::string textOf(const mail::MessageRef& m) {
  std::string_view text;
  return m->view(1 << 24, &text) ? std::string(text) : "unreadable";
}

// A message of ann's for local accounts and for addresses elsewhere (those with an @).
inline Envelope envelope(const std::string& id, const std::vector<std::string>& to) {
  Envelope e;
  e.id = id;
  e.account = "ann";
  e.reversePath = "ann@our.example";
  for (const auto& a : to) {
    Envelope::Recipient r;
    r.number = static_cast<uint32_t>(e.rcpts.size());
    r.account = a.find('@') == std::string::npos ? a : "";
    r.forwardPath = r.account.empty() ? a : a + "@our.example";
    e.rcpts.push_back(r);
  }
  return e;
}

// Mailboxes that remember delivery keys, as the store does.
struct Mailboxes {
  std::mutex mutex;
  std::map<std::string, int> copies;             // message text -> copies
  std::map<std::string, std::string> byAccount;  // all texts
  std::set<std::string> keys;
  std::vector<std::string> notifications;  // texts of mail from <>
  int failures = 0;                        // so many deliveries fail first
  std::atomic<bool> closed{false};         // all fail for now
  std::set<std::string> refused;           // accounts that refuse for good

  Outcome deliver(const Envelope& e, const Envelope::Recipient& r, const std::string& key, const mail::MessageRef& m) {
    std::lock_guard lock(mutex);
    if (closed || failures > 0) {
      if (failures > 0) --failures;
      return {PH_DELIVERY_TEMPORARY, 451, 0, "4.3.0", "not now", "", "", ""};
    }
    if (refused.contains(r.account)) return {PH_DELIVERY_PERMANENT, 550, 0, "5.7.1", "not wanted", "", "", ""};
    const std::string text = textOf(m);
    if (text == "unreadable") return {PH_DELIVERY_TEMPORARY, 451, 0, "4.3.0", "unreadable", "", "", ""};
    if (!keys.insert(key).second) return {};
    ++copies[text];
    byAccount[r.account] += textOf(m) + "\n";
    if (e.reversePath.empty()) notifications.push_back(textOf(m));
    return {};
  }
};

// Answers for each recipient what `answer` says. A negative outcome: end the attempt with a temporary failure.
class Script final : public queue::Carrier {
 public:
  std::function<Outcome(const std::string& to, const std::string& text)> answer = [](auto&, auto&) {
    return Outcome{};
  };
  std::function<bool(const std::string& domain)> reachable = [](auto&) { return true; };
  std::mutex mutex;
  std::map<std::string, int> delivered;  // "to text" -> copies
  std::vector<int> batches;              // recipients of each message taken
  std::atomic<int> attempts{0};
  std::atomic<int> open{0};
  std::atomic<int> mostOpen{0};
  std::string lastHint;
  std::set<std::string> transports;  // names or hosts met
  std::atomic<bool> hang{false};
  std::vector<std::shared_ptr<queue::Attempt>> hung;

  ph::Status begin(const std::shared_ptr<queue::Attempt>& a) override {
    ++attempts;
    const int now = ++open;
    for (int most = mostOpen; most < now && !mostOpen.compare_exchange_weak(most, now);) {
    }
    ph_destination d{};
    a->destination(&d);
    {
      std::lock_guard lock(mutex);
      lastHint = std::string(ph::view(d.hint));
      transports.insert(std::string(ph::view(d.host)));
      if (hang) {
        hung.push_back(a);
        return {};
      }
    }
    if (!reachable(std::string(ph::view(d.domain)))) {
      const Outcome down{
          PH_DELIVERY_TEMPORARY, 0, PH_ATTEMPT_LOCAL, "4.4.1", "connection refused", "mx.example", "", ""};
      --open;
      a->end(&down, "tried one");
      return {};
    }
    ph_delivery m{};
    while (a->next(&m) == PH_OK) {
      {
        std::lock_guard lock(mutex);
        batches.push_back(static_cast<int>(m.rcpt_count));
      }
      const std::string text = textOf(a->current()->content);
      for (size_t i = 0; i < m.rcpt_count; ++i) {
        ph_delivery_rcpt r{};
        CPPUNIT_ASSERT_EQUAL(PH_OK, a->rcpt(i, &r));
        const std::string to(ph::view(r.forward_path));
        const Outcome o = answer(to, text);
        if (o.outcome < 0) {
          const Outcome lost{PH_DELIVERY_TEMPORARY, 0, PH_ATTEMPT_LOCAL, "4.4.2", "connection lost", "", "", ""};
          --open;
          a->end(&lost, {});
          return {};
        }
        if (o.outcome == PH_DELIVERED) {
          std::lock_guard lock(mutex);
          ++delivered[to + " " + text];
        }
        CPPUNIT_ASSERT_EQUAL(PH_OK, a->result(i, o));
        CPPUNIT_ASSERT_EQUAL(PH_E_CONFLICT, a->result(i, o));
      }
    }
    --open;
    a->end(nullptr, "all well");
    return {};
  }

  void cancel(queue::Attempt&) override {
    std::vector<std::shared_ptr<queue::Attempt>> all;
    {
      std::lock_guard lock(mutex);
      all.swap(hung);
    }
    for (const auto& a : all) a->end(nullptr, {});
  }
};

inline Outcome reply(int code, const std::string& enhanced, const std::string& text) {
  return {code < 300   ? PH_DELIVERED
          : code < 500 ? PH_DELIVERY_TEMPORARY
                       : PH_DELIVERY_PERMANENT,
          code,
          0,
          enhanced,
          text,
          "mx.far.example",
          "192.0.2.1",
          ""};
}

struct House {
  static inline std::atomic<int64_t> clock{1'800'000'000};
  jobs::Pool disk{"disk", 8, 10000};
  jobs::Pool hooks{"hook", 64, 10000};
  jobs::Timers timers;
  std::shared_ptr<Script> script;
  Queue queue;

  static queue::Settings settings() {
    queue::Settings s;
    s.hostname = "mail.our.example";
    s.limits = {0, 0};
    return s;
  }

  House(env::Env& env, Mailboxes& boxes, std::shared_ptr<Script> s = nullptr, queue::Settings q = settings(),
        decltype(queue::Surroundings::publish) publish = {}, decltype(queue::Surroundings::sign) sign = {})
      : script(std::move(s)),
        queue(
            {env, "queue", disk, hooks, timers,
             [&boxes](const auto& e, const auto& r, const auto& k, const auto& m) { return boxes.deliver(e, r, k, m); },
             [](const std::string& address) -> queue::Resolved {
               if (!address.ends_with("@our.example")) return {};
               return {true, {address.substr(0, address.find('@'))}};
             },
             [] { return clock.load(); },
             [](uint32_t n) {
               thread_local std::mt19937 random{7};
               return static_cast<uint32_t>(random() % n);
             },
             std::move(publish), std::move(sign)},
            std::move(q)) {
    if (script) CPPUNIT_ASSERT(queue.offer(script.get(), queue::kCarrierName, script).ok());
  }
  ~House() {
    queue.stop();
    timers.stop();
  }

  void submit(const Envelope& e, const std::string& text) {
    const auto s = queue.submit(e, "", *message(text).get());
    CPPUNIT_ASSERT_MESSAGE(s ? "" : s.error().text, s.ok());
  }

  // Until `done`, or for 20 s of real time.
  template <class F>
  bool until(F done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  bool drain() {
    return until([this] { return queue.size() == 0; });
  }
  // Nothing is due and nothing under way.
  bool rest() { return queue.rest(std::chrono::seconds(20)); }
  void pass(int64_t seconds) {
    clock += seconds;
    queue.wake();
  }
};

}  // namespace queue_test
