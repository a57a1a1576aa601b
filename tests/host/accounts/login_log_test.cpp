#include "accounts/login_log.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <filesystem>

#include "accounts/credentials.hpp"
#include "accounts/credentials_text.hpp"
#include "accounts/tls_keys.hpp"

using namespace posthouse::accounts;

namespace {

class LoginLogTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LoginLogTest);
  CPPUNIT_TEST(countsAlikes);
  CPPUNIT_TEST(keepsTheNewestFailures);
  CPPUNIT_TEST(credentialFiles);
  CPPUNIT_TEST(tlsKeys);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    char name[] = "/tmp/ph-logins-XXXXXX";
    folder_ = mkdtemp(name);
    file_ = folder_ + "/logins.db";
  }
  void tearDown() override { std::filesystem::remove_all(folder_); }

  static LoginAttempt attempt(const std::string& account, const std::string& ip, const char* result) {
    LoginAttempt a;
    a.account = account;
    a.user = account + "@example.org";
    a.remoteIp = ip;
    a.protocol = "imap";
    a.mechanism = "PLAIN";
    a.result = result;
    return a;
  }

  void countsAlikes() {
    {
      auto log = LoginLog::open(file_);
      CPPUNIT_ASSERT(log.ok());
      for (int i = 0; i < 3; ++i) (*log)->record(attempt("ann", "192.0.2.1", "denied"));
      (*log)->record(attempt("ann", "192.0.2.1", "ok"));
      (*log)->record(attempt("bob", "192.0.2.1", "ok"));
      (*log)->flush();
      (*log)->record(attempt("ann", "192.0.2.1", "denied"));
    }  // what is pending is written at the end
    const auto rows = LoginLog::read(file_, "ann", 10);
    CPPUNIT_ASSERT(rows.ok());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, rows->size());
    int64_t denied = 0;
    for (const auto& r : *rows) denied += r.result == "denied" ? r.count : 0;
    CPPUNIT_ASSERT_EQUAL(int64_t{4}, denied);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, LoginLog::read(file_, "ann", 1)->size());
    CPPUNIT_ASSERT(LoginLog::read(folder_ + "/none.db", "ann", 1)->empty());
  }

  void keepsTheNewestFailures() {
    auto log = LoginLog::open(file_);
    const auto tryFrom = [&](int i) {
      (*log)->record(attempt("ann", "10." + std::to_string(i / 250) + ".0." + std::to_string(i % 250), "denied"));
    };
    for (int i = 0; i < 9000; ++i) tryFrom(i);
    (*log)->flush();
    CPPUNIT_ASSERT_EQUAL(size_t{9000}, LoginLog::read(file_, "ann", 100'000)->size());
    for (int i = 9000; i < 12'000; ++i) tryFrom(i);
    (*log)->record(attempt("ann", "192.0.2.1", "ok"));
    (*log)->flush();
    const auto rows = LoginLog::read(file_, "ann", 100'000);
    CPPUNIT_ASSERT_EQUAL(size_t{10'001}, rows->size());
    for (const auto& r : *rows) CPPUNIT_ASSERT(r.remoteIp != "10.0.0.0");
  }

  void credentialFiles() {
    Credentials c;
    CPPUNIT_ASSERT(!setPassword(c, "short", false).ok());
    CPPUNIT_ASSERT(setPassword(c, "long enough", true).ok());
    c.tlsKeys.push_back({std::string(64, 'a'), "ann@example.org", false, "my laptop"});
    const auto again = parseCredentials(credentialsText(c));
    CPPUNIT_ASSERT(again.ok());
    CPPUNIT_ASSERT_EQUAL(credentialsText(c), credentialsText(*again));
    CPPUNIT_ASSERT_EQUAL(std::string("my laptop"), again->tlsKeys.at(0).name);
    CPPUNIT_ASSERT_EQUAL(kScramIterations, again->scramSha256->iterations);
    CPPUNIT_ASSERT(setPassword(c, "long enough", false).ok() && !c.cramMd5);
    for (const char* bad : {"scram-sha-1 x a b c\n", "scram-sha-256 4096 !\n", "cram-md5 AAAA BBBB\n", "future thing\n",
                            "tls-key abc preauth a b\n"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !parseCredentials(bad).ok());
    }
  }

  void tlsKeys() {
    TlsKeys keys(folder_ + "/credentials");
    CPPUNIT_ASSERT(!keys.any());
    Credentials c;
    c.tlsKeys.push_back({std::string(64, 'a'), "ann@example.org", true, ""});
    CPPUNIT_ASSERT(writeCredentials(credentialsFile(folder_, "ann"), c).ok());
    CPPUNIT_ASSERT(keys.any());
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), keys.find(std::string(64, 'a'))->account);
    c.tlsKeys.clear();
    CPPUNIT_ASSERT(writeCredentials(credentialsFile(folder_, "ann"), c).ok());
    CPPUNIT_ASSERT(!keys.find(std::string(64, 'a')));
  }

 private:
  std::string folder_, file_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(LoginLogTest);

}  // namespace
