// The client's side of SASL: the examples of the RFCs, and our own server side as the partner.
#include "ph/sasl/client.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/sasl/base64.hpp"
#include "ph/sasl/cram_md5.hpp"
#include "ph/sasl/scram_client.hpp"

namespace {

using namespace ph::sasl;
using namespace std::string_literals;

std::string show(const ph::Result<std::string>& r) {
  return r ? *r : "error " + std::to_string(static_cast<int>(r.error().kind));
}

const std::string kDenied = "error " + std::to_string(static_cast<int>(ph::Kind::Denied));
const std::string kInvalid = "error " + std::to_string(static_cast<int>(ph::Kind::Invalid));

class SaslClientTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SaslClientTest);
  CPPUNIT_TEST(rfcExamples);
  CPPUNIT_TEST(scramWithOurServer);
  CPPUNIT_TEST(scramDoesNotBelieve);
  CPPUNIT_TEST(cramMd5);
  CPPUNIT_TEST(passwords);
  CPPUNIT_TEST(choice);
  CPPUNIT_TEST_SUITE_END();

 public:
  void rfcExamples() {
    struct Example {
      const char *mechanism, *nonce, *first, *serverFirst, *final, *serverFinal;
    };
    const Example examples[] = {
        // RFC 7677 3.
        {"SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
         "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
         "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
         "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
        // RFC 5802 5.
        {"SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
         "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
         "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
         "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="}};
    for (const auto& e : examples) {
      const auto c = makeClient(e.mechanism, {"user", "pencil", {}, false, e.nonce});
      CPPUNIT_ASSERT_EQUAL(std::string(e.first), *c->first());
      CPPUNIT_ASSERT_EQUAL(std::string(e.final), show(c->respond(e.serverFirst)));
      CPPUNIT_ASSERT(!c->satisfied());
      CPPUNIT_ASSERT_EQUAL(""s, show(c->respond(e.serverFinal)));
      CPPUNIT_ASSERT(c->satisfied());
    }
  }

  void scramWithOurServer() {
    const ScramBindings both{"EXPORTER", "ENDPOINT"}, none{}, endPoint{"", "ENDPOINT"};
    struct Case {
      const char* mechanism;
      ScramBindings client, server;
      bool plusOffered, right, works;
    };
    const Case cases[] = {
        {"SCRAM-SHA-256", none, none, false, true, true},
        {"SCRAM-SHA-1", none, none, false, true, true},
        {"SCRAM-SHA-256", none, none, false, false, false},
        {"SCRAM-SHA-256-PLUS", both, both, true, true, true},
        {"SCRAM-SHA-1-PLUS", both, both, true, true, true},
        {"SCRAM-SHA-256-PLUS", endPoint, both, true, true, true},
        {"SCRAM-SHA-256-PLUS", {"SOMEBODY ELSE'S", ""}, both, true, true, false},
        // Somebody took -PLUS out of the list: the server notices.
        {"SCRAM-SHA-256", both, both, false, true, false},
        {"SCRAM-SHA-256", both, both, true, true, true},
        {"SCRAM-SHA-256", both, none, false, true, true},
    };
    for (const auto& c : cases) {
      const bool plus = std::string_view(c.mechanism).ends_with("-PLUS");
      const ScramHash hash =
          std::string_view(c.mechanism).find("256") == std::string_view::npos ? ScramHash::Sha1 : ScramHash::Sha256;
      std::string user;
      Scram server(hash, plus, c.server, "srv", [&](std::string_view name) -> ph::Result<ScramVerifier> {
        user = name;
        return deriveScram(hash, c.right ? "pass word" : "other", "salt", 10);
      });
      // The password is prepared: a non-ASCII blank is a blank.
      const auto client = makeClient(c.mechanism, {"a,b=c", "pass\u00a0word", c.client, c.plusOffered, "cli"});
      CPPUNIT_ASSERT(client);
      auto step = server.step(*client->first());
      for (int i = 0; i < 3 && std::holds_alternative<Challenge>(step); ++i) {
        const auto response = client->respond(std::get<Challenge>(step).bytes);
        if (!response) break;
        step = server.step(*response);
      }
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.mechanism, c.works, std::holds_alternative<Proven>(step));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.mechanism, c.works, client->satisfied());
      if (c.works) CPPUNIT_ASSERT_EQUAL("a,b=c"s, user);
    }
  }

  void scramDoesNotBelieve() {
    const auto fresh = [] { return makeClient("SCRAM-SHA-256", {"user", "pencil", {}, false, "cli"}); };
    const std::pair<std::string, std::string> firsts[] = {
        {"", kDenied},
        {"r=other,s=c2FsdA==,i=10", kDenied},
        {"r=cli,s=c2FsdA==,i=10", kDenied},  // added nothing of its own
        {"m=x,r=clisrv,s=c2FsdA==,i=10", kInvalid},
        {"r=clisrv,s=!,i=10", kInvalid},
        {"r=clisrv,s=,i=10", kInvalid},
        {"r=clisrv,s=c2FsdA==", kInvalid},
        {"r=clisrv,s=c2FsdA==,i=0", kInvalid},
        {"r=clisrv,s=c2FsdA==,i=-1", kInvalid},
        {"r=clisrv,s=c2FsdA==,i=1x", kInvalid},
        {"r=clisrv,s=c2FsdA==,i=" + std::to_string(kMaxScramIterations + 1), kInvalid},
    };
    for (const auto& [first, error] : firsts) {
      const auto c = fresh();
      CPPUNIT_ASSERT_EQUAL_MESSAGE(first, error, show(c->respond(first)));
      CPPUNIT_ASSERT_MESSAGE(first, !c->satisfied());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(first, kInvalid, show(c->respond("r=clisrv,s=c2FsdA==,i=10")));
    }
    const std::pair<std::string, std::string> finals[] = {{"v=" + encodeBase64(std::string(32, 'x')), kDenied},
                                                          {"v=", kDenied},
                                                          {"", kInvalid},
                                                          {"e=other-error", kDenied}};
    for (const auto& [final, error] : finals) {
      const auto c = fresh();
      CPPUNIT_ASSERT(c->respond("r=clisrv,s=c2FsdA==,i=10"));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(final, error, show(c->respond(final)));
      CPPUNIT_ASSERT_MESSAGE(final, !c->satisfied());
    }
  }

  void cramMd5() {
    // RFC 2195 2.
    const auto c = makeClient("CRAM-MD5", {"tim", "tanstaaftanstaaf", {}, false, {}});
    CPPUNIT_ASSERT(!c->first() && !c->satisfied());
    CPPUNIT_ASSERT_EQUAL("tim b913a602c7eda7a495b4e6e7334d3890"s,
                         show(c->respond("<1896.697170952@postoffice.reston.mci.net>")));
    CPPUNIT_ASSERT(c->satisfied());
    CPPUNIT_ASSERT_EQUAL(kInvalid, show(c->respond("<again>")));
  }

  void passwords() {
    const auto plain = makeClient("PLAIN", {"tim", "tanstaaf", {}, false, {}});
    CPPUNIT_ASSERT_EQUAL("\0tim\0tanstaaf"s, *plain->first());
    CPPUNIT_ASSERT_EQUAL(kInvalid, show(plain->respond("")));
    const auto login = makeClient("LOGIN", {"tim", "tanstaaf", {}, false, {}});
    CPPUNIT_ASSERT(!login->first() && !login->satisfied());
    CPPUNIT_ASSERT_EQUAL("tim"s, show(login->respond("Username:")));
    CPPUNIT_ASSERT_EQUAL("tanstaaf"s, show(login->respond("Password:")));
    CPPUNIT_ASSERT(login->satisfied());
    CPPUNIT_ASSERT_EQUAL(kInvalid, show(login->respond("More:")));
    for (const auto* name : {"PLAIN", "LOGIN"}) CPPUNIT_ASSERT(sendsPassword(name));
    for (const auto* name : {"CRAM-MD5", "SCRAM-SHA-1"}) CPPUNIT_ASSERT(!sendsPassword(name));
  }

  void choice() {
    const ClientLogin login{"u", "p", {}, false, "n"};
    for (const auto* name : {"", "XOAUTH2", "SCRAM-SHA-512", "SCRAM-SHA-256-PLUS", "plain"}) {
      CPPUNIT_ASSERT_MESSAGE(name, !makeClient(name, login));
    }
    CPPUNIT_ASSERT(!makeClient("PLAIN", {"u\0x"s, "p", {}, false, {}}));
    CPPUNIT_ASSERT(!makeClient("PLAIN", {"u", "p\0"s, {}, false, {}}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SaslClientTest);

}  // namespace
