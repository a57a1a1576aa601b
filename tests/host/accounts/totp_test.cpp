// One-time codes: the vectors of the RFCs, clocks that differ, no code twice.
#include "accounts/totp.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "accounts/credentials_text.hpp"
#include "accounts/second_factor.hpp"

using namespace posthouse::accounts;

namespace {

constexpr const char* kSecret = "12345678901234567890";

class TotpTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TotpTest);
  CPPUNIT_TEST(counters);
  CPPUNIT_TEST(times);
  CPPUNIT_TEST(steps);
  CPPUNIT_TEST(texts);
  CPPUNIT_TEST(file);
  CPPUNIT_TEST_SUITE_END();

 public:
  // RFC 4226, appendix D.
  void counters() {
    const char* const kWanted[] = {"755224", "287082", "359152", "969429", "338314",
                                   "254676", "287922", "162583", "399871", "520489"};
    for (uint64_t i = 0; i < std::size(kWanted); ++i) CPPUNIT_ASSERT_EQUAL(std::string(kWanted[i]), hotp(kSecret, i));
  }

  // RFC 6238, appendix B; the last six of its eight digits.
  void times() {
    const std::pair<int64_t, const char*> kTable[] = {{59, "287082"},         {1111111109, "081804"},
                                                      {1111111111, "050471"}, {1234567890, "005924"},
                                                      {2000000000, "279037"}, {20000000000, "353130"}};
    for (const auto& [now, code] : kTable) {
      const auto step = totpStep(kSecret, code, now, 0);
      CPPUNIT_ASSERT_MESSAGE(code, step && *step == now / 30);
    }
  }

  void steps() {
    const int64_t now = 1'000'000'000;
    const int64_t step = now / 30;
    const auto at = [&](int64_t s) { return hotp(kSecret, static_cast<uint64_t>(s)); };
    for (const int64_t near : {step - 1, step, step + 1}) {
      CPPUNIT_ASSERT(totpStep(kSecret, at(near), now, 0) == near);
      CPPUNIT_ASSERT(!totpStep(kSecret, at(near), now, near));
      CPPUNIT_ASSERT(!totpStep(kSecret, at(near), now, near + 1));
    }
    CPPUNIT_ASSERT(!totpStep(kSecret, at(step - 2), now, 0) && !totpStep(kSecret, at(step + 2), now, 0));
    for (const char* bad : {"", "0", "00000a", "0000000", "      "}) CPPUNIT_ASSERT(!totpStep(kSecret, bad, now, 0));
  }

  // RFC 4648, section 10.
  void texts() {
    const std::pair<const char*, const char*> kTable[] = {{"", ""},
                                                          {"f", "MY"},
                                                          {"fo", "MZXQ"},
                                                          {"foo", "MZXW6"},
                                                          {"foob", "MZXW6YQ"},
                                                          {"fooba", "MZXW6YTB"},
                                                          {"foobar", "MZXW6YTBOI"}};
    for (const auto& [bytes, text] : kTable) CPPUNIT_ASSERT_EQUAL(std::string(text), base32(bytes));
    CPPUNIT_ASSERT_EQUAL(std::string("otpauth://totp/mail.example:a%3Fb?secret=MY&issuer=mail.example"),
                         totpUri("f", "a?b", "mail.example"));
  }

  void file() {
    Credentials c;
    c.totp = Totp{kSecret, true, 7, {std::string(64, 'a'), std::string(64, 'b')}};
    const auto again = parseCredentials(credentialsText(c));
    CPPUNIT_ASSERT(again && again->totp && again->totp->secret == kSecret && again->totp->confirmed &&
                   again->totp->lastStep == 7 && again->totp->recovery.size() == 2);
    for (const char* bad : {"totp", "totp AA== maybe 1", "totp AA== confirmed x", "totp !! confirmed 1",
                            "totp-recovery aa", "totp AA== pending 1\ntotp AA== pending 1"})
      CPPUNIT_ASSERT_MESSAGE(bad, !parseCredentials(bad));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TotpTest);

}  // namespace
