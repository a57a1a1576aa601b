// Base64 and the PLAIN and LOGIN exchanges.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/sasl/base64.hpp"
#include "ph/sasl/exchange.hpp"

namespace {

using namespace ph::sasl;
using namespace std::string_literals;

std::string show(const Step& step) {
  if (const auto* c = std::get_if<Challenge>(&step)) return "? " + c->bytes;
  if (const auto* p = std::get_if<PasswordLogin>(&step)) {
    return p->authorizationId + '|' + p->authenticationId + '|' + p->password;
  }
  switch (std::get<Failure>(step).why) {
    case Failure::Why::Malformed:
      return "malformed";
    case Failure::Why::Cancelled:
      return "cancelled";
    case Failure::Why::TooLong:
      return "long";
  }
  return "";
}

class SaslTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SaslTest);
  CPPUNIT_TEST(base64);
  CPPUNIT_TEST(plain);
  CPPUNIT_TEST(login);
  CPPUNIT_TEST(bounds);
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
      Exchange first(makeMechanism("plain"));
      CPPUNIT_ASSERT_EQUAL(want, show(first.start(encodeBase64(response))));
      Exchange second(makeMechanism("PLAIN"));
      CPPUNIT_ASSERT_EQUAL("? "s, show(second.start(std::nullopt)));
      CPPUNIT_ASSERT_EQUAL(want, show(second.line(encodeBase64(response))));
      CPPUNIT_ASSERT_EQUAL("malformed"s, show(second.line(encodeBase64("\0u\0p"s))));
    }
  }

  void login() {
    Exchange e(makeMechanism("LOGIN"));
    CPPUNIT_ASSERT_EQUAL("? Username:"s, show(e.start(std::nullopt)));
    CPPUNIT_ASSERT_EQUAL("? Password:"s, show(e.line(encodeBase64("me"))));
    CPPUNIT_ASSERT_EQUAL("|me|secret"s, show(e.line(encodeBase64("secret"))));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(e.line(encodeBase64("secret"))));
    Exchange initial(makeMechanism("LOGIN"));
    CPPUNIT_ASSERT_EQUAL("? Password:"s, show(initial.start(encodeBase64("me"))));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(initial.line("")));
  }

  void bounds() {
    CPPUNIT_ASSERT(makeMechanism("X-NONE") == nullptr);
    Exchange cancelled(makeMechanism("LOGIN"));
    cancelled.start(std::nullopt);
    CPPUNIT_ASSERT_EQUAL("cancelled"s, show(cancelled.line("*")));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(cancelled.line(encodeBase64("me"))));
    Exchange tooLong(makeMechanism("PLAIN"));
    CPPUNIT_ASSERT_EQUAL("long"s, show(tooLong.start(std::string(kMaxLine + 4, 'A'))));
    Exchange empty(makeMechanism("PLAIN"));
    CPPUNIT_ASSERT_EQUAL("malformed"s, show(empty.start("=")));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SaslTest);

}  // namespace
