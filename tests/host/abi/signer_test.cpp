// ph.signer/1 as plugins meet it: what they see of a message, what counts of their answers, and who is asked no more.
#include "ph/draft/host/signer.h"

#include <cppunit/extensions/HelperMacros.h>

#include <condition_variable>
#include <thread>

#include "abi/tables.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "mail/message.hpp"
#include "ph/message.hpp"
#include "ph/signer.hpp"
#include "pipeline/hooks.hpp"
#include "plugin/instance.hpp"
#include "signing/signers.hpp"

using namespace posthouse;
using namespace std::chrono_literals;

namespace {

// Must outlive the instance: Signer keeps a reference to its host.
struct Side {
  explicit Side(plugin::Core& core)
      : instance(std::make_unique<plugin::Instance>(core, plugin::Manifest{}, nullptr, &abi::table)),
        raw{sizeof raw, 0, instance.get(), &abi::table},
        host(&raw) {}
  std::unique_ptr<plugin::Instance> instance;
  ph_host raw;
  ph::Host host;
};

mail::MessageRef message(const std::string& text) {
  mail::MessageRef m(mail::newBuffer("/tmp", 10 << 20));
  CPPUNIT_ASSERT_EQUAL(PH_OK, m->write(text));
  CPPUNIT_ASSERT_EQUAL(PH_OK, m->finish());
  return m;
}

class AbiSignerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AbiSignerTest);
  CPPUNIT_TEST(nobodySigns);
  CPPUNIT_TEST(whatASignerSees);
  CPPUNIT_TEST(whoIsTheAuthor);
  CPPUNIT_TEST(answers);
  CPPUNIT_TEST(largeMessages);
  CPPUNIT_TEST(lateIsAFailure);
  CPPUNIT_TEST(several);
  CPPUNIT_TEST(refusedOffers);
  CPPUNIT_TEST(headerFields);
  CPPUNIT_TEST_SUITE_END();

  using Answer = ph::Result<std::string>;

  jobs::Pool pool_{"hook", 8, 100};
  jobs::Timers timers_;
  pipeline::Hooks hooks_;
  signing::Signers signers_{pool_, timers_};
  plugin::Core core_;

  // "!" and the error's text, or the fields.
  std::string sign(const std::string& text, const std::string& headers = "") {
    const auto r = signers_.sign({"ann", "ann@our.example"}, headers, *message(text).get());
    return r ? *r : "!" + r.error().text;
  }

 public:
  void setUp() override {
    core_.signers = &signers_;
    core_.hookPool = &pool_;
    core_.timers = &timers_;
    core_.hooks = &hooks_;
  }

  void nobodySigns() { CPPUNIT_ASSERT_EQUAL(std::string(), sign("From: ann@our.example\r\n\r\n")); }

  void whatASignerSees() {
    Side side(core_);
    std::string seen;
    ph::Signer signer(side.host, "test", 0, [&](const ph_signing& what) -> Answer {
      side.host.message->retain(what.message);
      const ph::Message m(side.host, what.message);
      std::string buffer;
      for (const auto part : {what.domain, what.author, what.account, what.reverse_path})
        seen += std::string(ph::view(part)) + "|";
      seen += *m.contents(buffer, 1 << 20);
      return std::string("DKIM-Signature: x\r\n");
    });
    CPPUNIT_ASSERT(signer.offer(PH_SIGNER_OPEN).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("DKIM-Signature: x\r\n"),
                         sign("From: \"A\" <Ann@OUR.example>\r\n\r\nbody\r\n", "Message-Id: <1>\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("our.example|Ann@our.example|ann|ann@our.example|"
                                     "Message-Id: <1>\r\nFrom: \"A\" <Ann@OUR.example>\r\n\r\nbody\r\n"),
                         seen);
  }

  void whoIsTheAuthor() {
    Side side(core_);
    std::string domain;
    ph::Signer signer(side.host, "test", 0, [&](const ph_signing& what) -> Answer {
      domain = ph::view(what.domain);
      return std::string();
    });
    CPPUNIT_ASSERT(signer.offer(PH_SIGNER_OPEN).ok());
    const std::pair<const char*, const char*> kTable[] = {
        {"From: a@b.example\r\n\r\n", "b.example"},
        {"Subject: none\r\n\r\n", ""},
        {"From: a@b.example, c@d.example\r\n\r\n", ""},
        {"From: a@b.example\r\nFrom: c@d.example\r\n\r\n", ""},
        {"From: nobody\r\n\r\n", ""},
        {"From: a@b\xc3\xbc.example\r\n\r\n", "xn--b-eha.example"},
        {"\r\nFrom: a@b.example\r\n", ""},
    };
    for (const auto& [text, expected] : kTable) {
      domain = "not asked";
      CPPUNIT_ASSERT_EQUAL(std::string(), sign(text));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string(expected), domain);
    }
  }

  // What a failure means is the policy's, but for a signer that wants the mail to wait.
  void answers() {
    const std::string kWait = "!the message can't be signed now";
    const struct {
      Answer answer;
      bool throws;
      std::string open, tempfail;
    } kTable[] = {
        {std::string("A: b\r\n"), false, "A: b\r\n", "A: b\r\n"},
        {std::string(), false, "", ""},
        {std::string("A: b"), false, "", kWait},
        {std::string("no field\r\n"), false, "", kWait},
        {std::string("A: b\r\n\r\n"), false, "", kWait},
        {std::string(70'000, 'x'), false, "", kWait},
        {ph::Error{ph::Kind::Permanent, ""}, false, "", kWait},
        {ph::Error{ph::Kind::Temporary, ""}, false, kWait, kWait},
        {std::string(), true, "", kWait},
    };
    for (const auto& c : kTable) {
      for (const int32_t policy : {PH_SIGNER_OPEN, PH_SIGNER_TEMPFAIL}) {
        Side side(core_);
        ph::Signer signer(side.host, "test", 0, [&](const ph_signing&) {
          if (c.throws) throw std::runtime_error("on purpose");
          return c.answer;
        });
        CPPUNIT_ASSERT(signer.offer(policy).ok());
        CPPUNIT_ASSERT_EQUAL(policy == PH_SIGNER_OPEN ? c.open : c.tempfail, sign("From: a@b.example\r\n\r\n"));
        signers_.remove(side.instance.get());
      }
    }
  }

  // Beyond what lies in memory: nothing to lend, but all of it can be read.
  void largeMessages() {
    Side side(core_);
    uint64_t length = 0, read = 0;
    bool lent = false;
    char first = 0, last = 0;
    ph::Signer signer(side.host, "test", 0, [&](const ph_signing& what) -> Answer {
      const auto& api = *side.host.message;
      length = api.length(what.message);
      ph_str block{};
      lent = api.view(what.message, 1 << 16, &block) == PH_OK;
      std::string piece(100'000, '\0');
      for (size_t n = 1; n > 0; read += n) {
        CPPUNIT_ASSERT_EQUAL(PH_OK, api.read(what.message, read, piece.data(), piece.size(), &n));
        if (read == 0) first = piece[0];
        if (n > 0) last = piece[n - 1];
      }
      return std::string();
    });
    CPPUNIT_ASSERT(signer.offer(PH_SIGNER_OPEN).ok());
    (void)sign("From: a@b.example\r\n\r\n" + std::string(3'000'000, 'x') + "z", "H: 1\r\n");
    CPPUNIT_ASSERT_EQUAL(uint64_t{6 + 21 + 3'000'001}, length);
    CPPUNIT_ASSERT_EQUAL(length, read);
    CPPUNIT_ASSERT(!lent && first == 'H' && last == 'z');
  }

  void lateIsAFailure() {
    Side side(core_);
    std::atomic<bool> go{false};
    ph::Signer signer(side.host, "test", 50, [&](const ph_signing& what) -> Answer {
      while (!go) std::this_thread::sleep_for(1ms);
      // The message is still there.
      CPPUNIT_ASSERT(side.host.message->length(what.message) > 0);
      return std::string("A: late\r\n");
    });
    CPPUNIT_ASSERT(signer.offer(PH_SIGNER_OPEN).ok());
    CPPUNIT_ASSERT_EQUAL(std::string(), sign("From: a@b.example\r\n\r\n"));
    go = true;
    CPPUNIT_ASSERT(pool_.stop(10s));
  }

  void several() {
    Side one(core_), two(core_);
    ph::Signer first(one.host, "first", 0, [](const ph_signing&) -> Answer { return std::string("A: 1\r\n"); });
    ph::Signer second(two.host, "second", 0, [](const ph_signing&) -> Answer { return std::string("B: 2\r\n"); });
    CPPUNIT_ASSERT(first.offer(PH_SIGNER_OPEN).ok());
    CPPUNIT_ASSERT(second.offer(PH_SIGNER_OPEN).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("A: 1\r\nB: 2\r\n"), sign("\r\n"));
    signers_.remove(one.instance.get());
    CPPUNIT_ASSERT_EQUAL(std::string("B: 2\r\n"), sign("\r\n"));
  }

  void refusedOffers() {
    Side side(core_);
    const auto nothing = [](const ph_signing&) -> Answer { return std::string(); };
    ph::Signer signer(side.host, "test", 0, nothing), same(side.host, "test", 0, nothing),
        odd(side.host, "odd", 0, nothing);
    CPPUNIT_ASSERT(signer.offer(PH_SIGNER_OPEN).ok());
    CPPUNIT_ASSERT(same.offer(PH_SIGNER_OPEN).error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT(odd.offer(7).error().kind == ph::Kind::Invalid);
    const auto& api = *side.host.get<ph_signer>(PH_IF_SIGNER);
    auto o = ph::sized<ph_signer_offer>();
    o.name = "x";
    CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, api.offer(side.host.raw(), &o));
    core_.signers = nullptr;
    CPPUNIT_ASSERT(odd.offer(PH_SIGNER_OPEN).error().kind == ph::Kind::Unavailable);
  }

  void headerFields() {
    for (const char* good : {"", "A: b\r\n", "A: b\r\n c\r\nD:\r\n"})
      CPPUNIT_ASSERT_MESSAGE(good, signing::areFields(good));
    for (const char* bad : {"A", "A: b", "A: b\n", "A: b\r", " A: b\r\n", "\r\n", "A: b\r\n\r\nC: d\r\n",
                            "A: b\r\njunk\r\n", "A: b\rc\r\n", "A: b\nc: d\r\n"})
      CPPUNIT_ASSERT_MESSAGE(bad, !signing::areFields(bad));
    CPPUNIT_ASSERT(!signing::areFields(std::string("A: \0b\r\n", 7)));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AbiSignerTest);

}  // namespace
