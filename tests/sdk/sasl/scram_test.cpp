// SCRAM, CRAM-MD5 and the preparation of passwords, with the examples of their RFCs.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/sasl/base64.hpp"
#include "ph/sasl/cram_md5.hpp"
#include "ph/sasl/opaque_string.hpp"
#include "ph/sasl/scram.hpp"
#include "ph/sasl/scram_keys.hpp"

namespace {

using namespace ph::sasl;
using namespace std::string_literals;

std::string show(const Step& step) {
  if (const auto* c = std::get_if<Challenge>(&step)) return "? " + c->bytes;
  if (const auto* p = std::get_if<Proven>(&step)) return "proven " + p->authorizationId + "|" + p->authenticationId;
  const auto* f = std::get_if<Failure>(&step);
  if (!f) return "other";
  static constexpr const char* kWhy[] = {"malformed", "denied", "binding", "unavailable"};
  return kWhy[static_cast<int>(f->why)];
}

Scram::Lookup password(ScramHash hash, const std::string& salt, unsigned iterations = 4096) {
  return [=](std::string_view) -> ph::Result<ScramVerifier> {
    return deriveScram(hash, "pencil", *decodeBase64(salt), iterations);
  };
}

class ScramTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ScramTest);
  CPPUNIT_TEST(rfcExamples);
  CPPUNIT_TEST(refusals);
  CPPUNIT_TEST(bindings);
  CPPUNIT_TEST(cramMd5);
  CPPUNIT_TEST(opaqueStrings);
  CPPUNIT_TEST_SUITE_END();

 public:
  void rfcExamples() {
    // RFC 7677 3.
    Scram sha256(ScramHash::Sha256, false, {}, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
                 password(ScramHash::Sha256, "W22ZaJ0SNY7soEsUEjb6gQ=="));
    CPPUNIT_ASSERT_EQUAL("? r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"s,
                         show(sha256.step("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")));
    CPPUNIT_ASSERT_EQUAL("? v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="s,
                         show(sha256.step("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                          "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")));
    CPPUNIT_ASSERT_EQUAL("proven |user"s, show(sha256.step("")));
    // RFC 5802 5.
    Scram sha1(ScramHash::Sha1, false, {}, "3rfcNHYJY1ZVvWVs7j", password(ScramHash::Sha1, "QSXCR+Q6sek8bf92"));
    CPPUNIT_ASSERT_EQUAL("? r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"s,
                         show(sha1.step("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL")));
    CPPUNIT_ASSERT_EQUAL("? v=rmF9pqV8S7suAoZWja4dJRkFsKQ="s,
                         show(sha1.step("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                                        "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=")));
    CPPUNIT_ASSERT_EQUAL("proven |user"s, show(sha1.step("")));
  }

  void refusals() {
    const auto fresh = [] {
      return Scram(ScramHash::Sha256, false, {}, "srv", password(ScramHash::Sha256, "W22ZaJ0SNY7soEsUEjb6gQ==", 1));
    };
    for (const auto first :
         {"", "n", "n,", "n,,", "n,,n=,r=x", "n,,n=u", "n,,n=u,r=", "n,,m=x,n=u,r=x", "x,,n=u,r=x", "n,b=z,n=u,r=x",
          "n,,n=u=2,r=x", "n,,n=u=41,r=x", "n,,n=u,r=a b", "N,,n=u,r=x", "p=tls-exporter,,n=u,r=x"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(first, "malformed"s, show(fresh().step(first)));
    }
    const std::string zeroProof = encodeBase64(std::string(32, '\0'));
    const std::pair<std::string, std::string> finals[] = {{"c=biws,r=clisrv,p=" + zeroProof, "denied"},
                                                          {"c=biws,r=clisrx,p=" + zeroProof, "malformed"},
                                                          {"c=eSws,r=clisrv,p=" + zeroProof, "binding"},
                                                          {"c=biws,r=clisrv,p=AAAA", "malformed"},
                                                          {"c=biws,r=clisrv", "malformed"},
                                                          {"", "malformed"},
                                                          {"r=clisrv,c=biws,p=" + zeroProof, "malformed"},
                                                          {"c=!,r=clisrv,p=" + zeroProof, "malformed"}};
    for (const auto& [final, want] : finals) {
      Scram s = fresh();
      s.step("n,,n=u,r=cli");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(final, want, show(s.step(final)));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(final, "malformed"s, show(s.step("")));
    }
    Scram broken(ScramHash::Sha1, false, {}, "srv", [](std::string_view) -> ph::Result<ScramVerifier> {
      return ph::Error{ph::Kind::Temporary, "disk"};
    });
    CPPUNIT_ASSERT_EQUAL("unavailable"s, show(broken.step("n,,n=u,r=x")));
    Scram named = fresh();
    CPPUNIT_ASSERT_EQUAL("? "s, show(named.step(std::nullopt)));
    CPPUNIT_ASSERT(show(named.step("n,a=other=2Cone,n=a=3Db,r=cli")).starts_with("? r=clisrv,"));
  }

  void bindings() {
    const ScramBindings both{"EXPORTER", "ENDPOINT"};
    const auto lookup = password(ScramHash::Sha256, "W22ZaJ0SNY7soEsUEjb6gQ==", 1);
    // A downgrade is noticed; a client that can't bind may go on without.
    CPPUNIT_ASSERT_EQUAL("binding"s, show(Scram(ScramHash::Sha256, false, both, "s", lookup).step("y,,n=u,r=x")));
    CPPUNIT_ASSERT(show(Scram(ScramHash::Sha256, false, {}, "s", lookup).step("y,,n=u,r=x")).starts_with("? r=xs"));
    CPPUNIT_ASSERT(show(Scram(ScramHash::Sha256, false, both, "s", lookup).step("n,,n=u,r=x")).starts_with("? r=xs"));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(Scram(ScramHash::Sha256, true, both, "s", lookup).step("n,,n=u,r=x")));
    CPPUNIT_ASSERT_EQUAL("binding"s,
                         show(Scram(ScramHash::Sha256, true, both, "s", lookup).step("p=tls-unique,,n=u,r=x")));
    CPPUNIT_ASSERT_EQUAL("binding"s,
                         show(Scram(ScramHash::Sha256, true, {"", "E"}, "s", lookup).step("p=tls-exporter,,n=u,r=x")));

    for (const auto& [kind, data] : {std::pair{"tls-exporter"s, "EXPORTER"s}, {"tls-server-end-point"s, "ENDPOINT"s}}) {
      const std::string header = "p=" + kind + ",,";
      for (const bool right : {true, false}) {
        Scram s(ScramHash::Sha256, true, both, "srv", lookup);
        const std::string first = show(s.step(header + "n=user,r=cli")).substr(2);
        const std::string bare = "c=" + encodeBase64(header + (right ? data : "another")) + ",r=clisrv";
        CPPUNIT_ASSERT_EQUAL(right ? "? v="s : "bind"s, show(s.step(proven(bare, first))).substr(0, 4));
      }
    }
  }

  void cramMd5() {
    // RFC 2195 2.
    const auto key = [](std::string_view) -> ph::Result<CramKey> { return deriveCram("tanstaaftanstaaf"); };
    const auto fresh = [&] { return CramMd5("<1896.697170952@postoffice.reston.mci.net>", key); };
    CramMd5 good = fresh();
    CPPUNIT_ASSERT_EQUAL("? <1896.697170952@postoffice.reston.mci.net>"s, show(good.step(std::nullopt)));
    CPPUNIT_ASSERT_EQUAL("proven |tim"s, show(good.step("tim b913a602c7eda7a495b4e6e7334d3890")));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(good.step("tim b913a602c7eda7a495b4e6e7334d3890")));
    for (const auto& [answer, want] : {std::pair{"tim b913a602c7eda7a495b4e6e7334d3891", "denied"},
                                       {"tim", "malformed"},
                                       {"", "malformed"},
                                       {" x", "malformed"}}) {
      CramMd5 c = fresh();
      c.step(std::nullopt);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(answer, std::string(want), show(c.step(answer)));
    }
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(fresh().step("tim x")));
    // A key longer than a block, RFC 2202 2 test case 6: HMAC-MD5 with 80 times 0xaa.
    CramMd5 longKey("Test Using Larger Than Block-Size Key - Hash Key First",
                    [](std::string_view) -> ph::Result<CramKey> { return deriveCram(std::string(80, '\xaa')); });
    longKey.step(std::nullopt);
    CPPUNIT_ASSERT_EQUAL("proven |u"s, show(longKey.step("u 6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd")));
  }

  void opaqueStrings() {
    // RFC 8265 4.3.
    const std::pair<std::string, std::string> good[] = {
        {"correct horse battery staple", "correct horse battery staple"},
        {"Correct Horse Battery Staple", "Correct Horse Battery Staple"},
        {"\u03c0\u00df\u00e5", "\u03c0\u00df\u00e5"},
        {"Jack of \u2666s", "Jack of \u2666s"},
        {"foo\u1680bar", "foo bar"},
        {"a\u030a", "\u00e5"},
        {"\u212b", "\u00c5"},
        {"\u00b9\ufb01", "\u00b9\ufb01"},
        {"l\u00b7l", "l\u00b7l"},
        {"\u0915\u094d\u200d", "\u0915\u094d\u200d"},
        {"\u30a2\u30fb", "\u30a2\u30fb"},
        {"\u0661", "\u0661"},
        {"\U0001f600", "\U0001f600"}};
    for (const auto& [in, out] : good) CPPUNIT_ASSERT_EQUAL(out, prepareOpaqueString(in).valueOr("refused"));
    for (const auto& bad : {""s, "my cat is a \x09by"s, "a\0b"s, "\xff"s, "\u0378"s, "\u00ad"s, "\ue000"s, "a\u00b7b"s,
                            "a\u200d"s, "\u30fb"s, "\u0661\u06f1"s, "\u1100"s, "\u0640"s, "\u2028"s}) {
      CPPUNIT_ASSERT_EQUAL("refused"s, prepareOpaqueString(bad).valueOr("refused"));
    }
  }

 private:
  // What a client that knows the password says at the end.
  static std::string proven(const std::string& withoutProof, const std::string& serverFirst) {
    const std::size_t at = serverFirst.find(",s=");
    const std::size_t end = serverFirst.find(",i=");
    const std::string salt = *decodeBase64(serverFirst.substr(at + 3, end - at - 3));
    // One iteration: PBKDF2 is HMAC of the salt and the block number.
    const std::string salted = hmac(ScramHash::Sha256, "pencil", salt + "\0\0\0\1"s);
    std::string proof = hmac(ScramHash::Sha256, salted, "Client Key");
    const std::string signature =
        hmac(ScramHash::Sha256, digest(ScramHash::Sha256, proof), "n=user,r=cli," + serverFirst + "," + withoutProof);
    for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ signature[i]);
    return withoutProof + ",p=" + encodeBase64(proof);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ScramTest);

}  // namespace
