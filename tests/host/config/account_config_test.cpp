// accounts/NAME.toml through its schema: values, defaults, problems with their place.
#include "config/account_config.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "config/schema.hpp"

using namespace posthouse::config;

namespace {

struct Read {
  AccountConfig account;
  std::string problems;
};

Read readText(const std::string& toml) {
  Read out;
  auto node = parseToml(toml, "f");
  if (!node) return {{}, node.error().text};
  auto problems = Schema::parse(kAccountSchema)->apply(&*node);
  if (problems.empty()) out.account = readAccount("ann", *node, 1000, &problems);
  for (const auto& p : problems) out.problems += (out.problems.empty() ? "" : "\n") + p;
  return out;
}

class AccountConfigTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccountConfigTest);
  CPPUNIT_TEST(problemsNameTheirPlace);
  CPPUNIT_TEST(quota);
  CPPUNIT_TEST(junkFlags);
  CPPUNIT_TEST_SUITE_END();

 public:
  void problemsNameTheirPlace() {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"addresses = ['ann@example.org']", ""},
        {"addresses = ['ann']", "f:1:1: 'ann' is not an address"},
        {"quota = 'much'", "f:1:1: 'quota' must be a size"},
        {"\n[junk_flags]\njunk = '('", "f:3:1: 'junk_flags.junk' is not a pattern"},
        {"junk_flag = 1", "f:1:1: unknown key 'junk_flag'; did you mean 'junk_flags'?"},
    };
    for (const auto& [toml, wanted] : cases) {
      const auto found = readText(toml).problems;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(toml, std::string(wanted), found.substr(0, std::string_view(wanted).size()));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(found, *wanted == '\0', found.empty());
    }
  }

  void quota() {
    CPPUNIT_ASSERT_EQUAL(uint64_t{1000}, readText("").account.quota);
    CPPUNIT_ASSERT_EQUAL(uint64_t{0}, readText("quota = '0'").account.quota);
    CPPUNIT_ASSERT_EQUAL(uint64_t{2} << 30, readText("quota = '2GB'").account.quota);
  }

  void junkFlags() {
    const auto standard = readText("").account.junkFlags;
    CPPUNIT_ASSERT(!standard.enabled && standard.junk.matches("junk") && standard.neutral.matches("inbox"));
    const auto own = readText("[junk_flags]\nenabled = true\njunk = ''\nnot_junk = '^archive'").account.junkFlags;
    CPPUNIT_ASSERT(own.enabled && !own.junk && own.notJunk.matches("archive/2020"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountConfigTest);

}  // namespace
