#include "accounts/accounts.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "accounts/credentials.hpp"

using namespace posthouse;

namespace {

using Clock = std::chrono::steady_clock;

class AccountsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccountsTest);
  CPPUNIT_TEST(passwords);
  CPPUNIT_TEST(unknownUsersTakeAsLong);
  CPPUNIT_TEST(switchedOffLogin);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    char name[] = "/tmp/ph-accounts-XXXXXX";
    folder_ = mkdtemp(name);
  }
  void tearDown() override { std::filesystem::remove_all(folder_); }

  static accounts::Directory directory(const std::string& disabled = "") {
    config::ServerConfig c;
    c.hostname = "localhost";
    c.domains["example.org"] = {"example.org", false, false, "", {}};
    c.accounts["ann"].addresses = {"ann@example.org"};
    c.accounts["ann"].loginDisabled = disabled;
    return std::move(*accounts::Directory::build(c));
  }
  void setPassword(const char* password) {
    accounts::Credentials c;
    CPPUNIT_ASSERT(accounts::setPassword(c, password, true).ok());
    CPPUNIT_ASSERT(accounts::writeCredentials(accounts::credentialsFile(folder_, "ann"), c).ok());
  }

  void passwords() {
    accounts::Accounts a(folder_, directory());
    CPPUNIT_ASSERT(!a.authenticate("ann", "").ok());  // no password is set: none is right
    setPassword("correct horse");
    struct stat st {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat((folder_ + "/credentials/ann").c_str(), &st));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, st.st_mode & 0777);
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), *a.authenticate("ann@example.org", "correct horse"));
    CPPUNIT_ASSERT(!a.authenticate("ann@example.org", "correct hors").ok());
    CPPUNIT_ASSERT(!a.authenticate("bob@example.org", "correct horse").ok());
    // The second time it is remembered and costs no hash.
    const auto begun = Clock::now();
    for (int i = 0; i < 20; ++i) CPPUNIT_ASSERT(a.authenticate("ann@example.org", "correct horse").ok());
    CPPUNIT_ASSERT(Clock::now() - begun < std::chrono::milliseconds(40));
    // A changed password counts at once, the remembered one is worth nothing.
    setPassword("another one");
    CPPUNIT_ASSERT(!a.authenticate("ann@example.org", "correct horse").ok());
    CPPUNIT_ASSERT(a.authenticate("ann", "another one").ok());
  }

  void unknownUsersTakeAsLong() {
    setPassword("correct horse");
    accounts::Accounts a(folder_, directory());
    auto time = [&](const char* user) {
      const auto begun = Clock::now();
      for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT(!a.authenticate(user, "wrong").ok());
      return std::chrono::duration<double>(Clock::now() - begun).count();
    };
    const double known = time("ann@example.org");
    const double unknown = time("nobody@example.org");
    CPPUNIT_ASSERT(unknown > known / 3 && known > unknown / 3);
  }

  void switchedOffLogin() {
    setPassword("correct horse");
    accounts::Accounts a(folder_, directory("moved to another server"));
    const auto r = a.authenticate("ann", "correct horse");
    CPPUNIT_ASSERT(!r.ok());
    CPPUNIT_ASSERT_EQUAL(std::string("moved to another server"), r.error().text);
    // Who does not know the password is not told.
    CPPUNIT_ASSERT_EQUAL(std::string(), a.authenticate("ann", "guess").error().text);
  }

 private:
  std::string folder_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(AccountsTest);

}  // namespace
