// Base64, the line layer, and the mechanisms PLAIN, LOGIN and EXTERNAL.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/sasl/base64.hpp"
#include "ph/sasl/external.hpp"
#include "ph/sasl/line.hpp"
#include "ph/sasl/login.hpp"
#include "ph/sasl/plain.hpp"

namespace {

using namespace ph::sasl;
using namespace std::string_literals;

std::string show(const Step& step) {
  if (const auto* c = std::get_if<Challenge>(&step)) return "? " + c->bytes;
  if (const auto* p = std::get_if<PasswordLogin>(&step)) {
    return p->authorizationId + '|' + p->authenticationId + '|' + p->password;
  }
  if (const auto* e = std::get_if<ExternalLogin>(&step)) return "external " + e->authorizationId;
  if (std::get_if<Proven>(&step)) return "proven";
  return std::get<Failure>(step).why == Failure::Why::Malformed ? "malformed" : "failed";
}

class SaslTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SaslTest);
  CPPUNIT_TEST(base64);
  CPPUNIT_TEST(plain);
  CPPUNIT_TEST(login);
  CPPUNIT_TEST(external);
  CPPUNIT_TEST(lines);
  CPPUNIT_TEST_SUITE_END();

 public:
  void base64() {
    // RFC 4648 10.
    const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"},
                                                           {"\xff\xfe\x00"s, "//4A"}};
    for (const auto& [bytes, text] : vectors) {
      CPPUNIT_ASSERT_EQUAL(text, encodeBase64(bytes));
      CPPUNIT_ASSERT_EQUAL(bytes, *decodeBase64(text));
    }
    for (const auto bad : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm-_", "=Zm9"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !decodeBase64(bad).ok());
    }
  }

  void plain() {
    const std::pair<std::string, std::string> cases[] = {
        {"\0u\0p"s, "|u|p"},        {"z\0u\0p"s, "z|u|p"},       {"up", "malformed"},
        {"\0up"s, "malformed"},     {"\0\0p"s, "malformed"},     {"\0u\0"s, "malformed"},
        {"\0u\0p\0"s, "malformed"}, {"\0u\0\xff"s, "malformed"}, {"", "malformed"},
    };
    for (const auto& [response, want] : cases) {
      CPPUNIT_ASSERT_EQUAL(want, show(Plain().step(response)));
      Plain second;
      CPPUNIT_ASSERT_EQUAL("? "s, show(second.step(std::nullopt)));
      CPPUNIT_ASSERT_EQUAL(want, show(second.step(response)));
      CPPUNIT_ASSERT_EQUAL("malformed"s, show(second.step("\0u\0p"s)));
    }
  }

  void login() {
    Login e;
    CPPUNIT_ASSERT_EQUAL("? Username:"s, show(e.step(std::nullopt)));
    CPPUNIT_ASSERT_EQUAL("? Password:"s, show(e.step("me")));
    CPPUNIT_ASSERT_EQUAL("|me|secret"s, show(e.step("secret")));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(e.step("secret")));
    Login initial;
    CPPUNIT_ASSERT_EQUAL("? Password:"s, show(initial.step("me")));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(initial.step("")));
  }

  void external() {
    External e;
    CPPUNIT_ASSERT_EQUAL("? "s, show(e.step(std::nullopt)));
    CPPUNIT_ASSERT_EQUAL("external "s, show(e.step("")));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(e.step("")));
    CPPUNIT_ASSERT_EQUAL("external a@b"s, show(External().step("a@b")));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(External().step("a\0b"s)));
  }

  void lines() {
    CPPUNIT_ASSERT_EQUAL(""s, *decodeInitial("="));
    CPPUNIT_ASSERT_EQUAL("me"s, *decodeInitial(encodeBase64("me")));
    CPPUNIT_ASSERT_EQUAL(""s, *decodeLine(""));
    CPPUNIT_ASSERT(decodeLine("*").error().kind == ph::Kind::Cancelled);
    CPPUNIT_ASSERT(decodeLine("=").error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(decodeLine(std::string(kMaxLine + 4, 'A')).error().kind == ph::Kind::Limit);
    CPPUNIT_ASSERT(decodeInitial(std::string(kMaxLine + 4, 'A')).error().kind == ph::Kind::Limit);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SaslTest);

}  // namespace
