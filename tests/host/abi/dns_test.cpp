// ph.dns/1 as a plugin meets it: its limits, its hooks' time, and an end while questions are under way.
#include "ph/draft/host/dns.h"

#include <cppunit/extensions/HelperMacros.h>

#include "../dns/lying_server.hpp"
#include "../dns/packet.hpp"
#include "abi/tables.hpp"
#include "dns/resolver.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "ph/dns.hpp"
#include "pipeline/stage_run.hpp"
#include "plugin/instance.hpp"

using namespace posthouse;
using namespace posthouse::dns::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

class AbiDnsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AbiDnsTest);
  CPPUNIT_TEST(records);
  CPPUNIT_TEST(refusals);
  CPPUNIT_TEST(questionsOfOneTransaction);
  CPPUNIT_TEST(endsWithTheHook);
  CPPUNIT_TEST(pluginEnds);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    answers_.emplace([this](const LyingServer::Asked& a) {
      if (silent_) return;
      Parts p;
      p.ad = true;
      p.answer(record("srv.example", dns::Type::Srv, 60, number(7) + number(8) + number(993) + name("host.example")));
      a.answer(reply(a.query, p));
    });
    dns::Settings settings;
    settings.system = false;
    settings.resolvers = {answers_->address()};
    settings.lifetime = 3000ms;
    resolver_ = std::make_unique<dns::Resolver>(engine_, timers_, pool_, settings);
    core_.dns = resolver_.get();
    instance_ = std::make_unique<plugin::Instance>(core_, plugin::Manifest{}, nullptr, &abi::table);
    raw_ = {sizeof raw_, 0, instance_.get(), &abi::table};
  }
  void tearDown() override {
    instance_.reset();
    resolver_.reset();
    answers_.reset();
    silent_ = false;
  }

  void records() {
    const ph::Host host(&raw_);
    const auto a = ph::Dns(host).lookUp("SRV.example", ph::DnsType::Srv);
    CPPUNIT_ASSERT(a.found() && a.security == ph::DnsAnswer::Security::Secure);
    CPPUNIT_ASSERT_EQUAL(std::string("srv.example"), a.name);
    const auto& r = a.records.at(0);
    CPPUNIT_ASSERT_EQUAL(
        std::string("host.example 7 8 993"),
        r.value + " " + std::to_string(r.preference) + " " + std::to_string(r.weight) + " " + std::to_string(r.port));
    CPPUNIT_ASSERT(r.ttl <= 60 && r.ttl > 50);
  }

  void refusals() {
    const auto* api = static_cast<const ph_dns*>(abi::table(&raw_, PH_IF_DNS));
    const auto ask = [&](const char* name, int type) {
      return api->query(
          &raw_, ph::str(name), type, 0, [](void*, const ph_dns_answer*) { CPPUNIT_FAIL("called"); }, nullptr);
    };
    CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, ask("a..b", PH_DNS_A));
    CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, ask("a.example", 255));
    CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, ask("a.example", 0));
    CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, api->query(&raw_, ph::str("a.example"), PH_DNS_A, 0, nullptr, nullptr));
  }

  void questionsOfOneTransaction() {
    const ph::Host host(&raw_);
    const pipeline::Transaction txn;
    const pipeline::Transaction snapshot = txn;  // hooks of another stage
    ph_call calls[2];
    for (auto& c : calls) c.deadline = Clock::now() + 60s;
    calls[0].questions = txn.questions;
    calls[1].questions = snapshot.questions;
    for (unsigned i = 0; i < PH_DNS_PER_TXN; ++i) {
      CPPUNIT_ASSERT(ph::Dns(host).lookUp("localhost", ph::DnsType::A, 0, &calls[i % 2]).found());
    }
    for (const auto& c : calls) {
      const auto a = ph::Dns(host).lookUp("localhost", ph::DnsType::A, 0, &c);
      CPPUNIT_ASSERT(a.temporary());
      CPPUNIT_ASSERT_EQUAL(std::string("too many questions"), a.text);
    }
    CPPUNIT_ASSERT(ph::Dns(host).lookUp("localhost", ph::DnsType::A).found());
  }

  void endsWithTheHook() {
    silent_ = true;
    const ph::Host host(&raw_);
    ph_call call;
    call.deadline = Clock::now() + 200ms;
    const auto begun = Clock::now();
    CPPUNIT_ASSERT(ph::Dns(host).lookUp("srv.example", ph::DnsType::Srv, 0, &call).temporary());
    CPPUNIT_ASSERT(Clock::now() - begun < 2000ms);
  }

  void pluginEnds() {
    silent_ = true;
    const ph::Host host(&raw_);
    std::atomic<int> answered{0};
    for (int i = 0; i < 3; ++i) {
      ph::Dns(host).query("srv.example", ph::DnsType::Srv, 0, [&](const ph::DnsAnswer& a) {
        if (a.text == "the question was withdrawn") ++answered;
      });
    }
    const auto begun = Clock::now();
    instance_->takeDown(5000);
    CPPUNIT_ASSERT(Clock::now() - begun < 2000ms);
    CPPUNIT_ASSERT_EQUAL(3, answered.load());
    CPPUNIT_ASSERT(instance_->state() == plugin::State::Stopped);
    const auto* api = static_cast<const ph_dns*>(abi::table(&raw_, PH_IF_DNS));
    CPPUNIT_ASSERT_EQUAL(PH_E_CANCELLED,
                         api->query(
                             &raw_, ph::str("a.example"), PH_DNS_A, 0, [](void*, const ph_dns_answer*) {}, nullptr));
  }

 private:
  net::Engine engine_{2, 4};
  jobs::Timers timers_;
  jobs::Pool pool_{"answers", 2, 100};
  plugin::Core core_;
  std::atomic<bool> silent_{false};
  std::optional<LyingServer> answers_;
  std::unique_ptr<dns::Resolver> resolver_;
  std::unique_ptr<plugin::Instance> instance_;
  ph_host raw_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(AbiDnsTest);

}  // namespace
