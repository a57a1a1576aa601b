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
  if (problems.empty()) out.account = readAccount("ann", *node, {.quota = 1000}, &problems);
  for (const auto& p : problems) out.problems += (out.problems.empty() ? "" : "\n") + p;
  return out;
}

class AccountConfigTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccountConfigTest);
  CPPUNIT_TEST(problemsNameTheirPlace);
  CPPUNIT_TEST(quota);
  CPPUNIT_TEST(junkFlags);
  CPPUNIT_TEST(rulesAndMailboxes);
  CPPUNIT_TEST_SUITE_END();

 public:
  void problemsNameTheirPlace() {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"addresses = ['ann@example.org']", ""},
        {"addresses = ['ann']", "f:1:1: 'ann' is not an address"},
        {"quota = 'much'", "f:1:1: 'quota' must be a size"},
        {"\n[junk_flags]\njunk = '('", "f:3:1: 'junk_flags.junk' is not a pattern"},
        {"rejects_mailbox = 'inbox'", "f:1:1: 'rejects_mailbox' can't be INBOX"},
        {"introbox = 'Rejects'", "f:1:1: 'introbox' must be another"},
        {"introbox = 'a//b'", "f:1:1: 'introbox' is not a name of a mailbox"},
        {"[address.'ann']\nmailbox = 'x'", "f:1:10: 'ann' is not an address"},
        {"[[rules]]\nmailbox = 'x'", "f:1:1: a rule needs a condition"},
        {"[[rules]]\nfrom = '['", "f:2:1: 'from' is not a pattern"},
        {"[[rules]]\nheaders = { '(' = 'x' }", "f:2:13: 'headers' is not a pattern"},
        {"[[rules]]\nmail_from = 'x'\nis_forward = true", "f:1:1: 'is_forward' needs"},
        {"[[rules]]\nmail_from = 'x'\nverified_domain = 'example.org'\nis_forward = true\nlist_allow_domain = 'a.b'",
         "f:1:1: 'is_forward' and 'list_allow_domain' exclude"},
        {"[[rules]]\nfrom = 'x'\nverified_domain = 'a b'", "f:3:1: 'verified_domain' is not a domain"},
        {"[[rules]]\nfrom = 'x'\naccept_rejects_to = 'Inbox'", "f:1:1: 'accept_rejects_to' can't be INBOX"},
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

  void rulesAndMailboxes() {
    const auto a = readText(R"(
addresses = ['ann@example.org']
introbox = 'New'
[address.'ann@example.org']
mailbox = 'inbox'
[[rules]]
from = 'one'
mailbox = 'One'
[[rules]]
headers = { '^list-id$' = 'x', '^subject$' = 'y' }
list_allow_domain = 'Lists.Example.ORG'
)")
                       .account;
    CPPUNIT_ASSERT_EQUAL(std::string("Rejects"), a.rejectsMailbox);
    CPPUNIT_ASSERT(!a.keepRejects && a.introbox == "New");
    CPPUNIT_ASSERT_EQUAL(std::string("INBOX"), a.mailboxes.at("ann@example.org"));
    CPPUNIT_ASSERT_EQUAL(size_t{2}, a.rules.size());
    CPPUNIT_ASSERT(a.rules[0].from.matches("one") && !a.rules[0].mailFrom && a.rules[0].mailbox == "One");
    CPPUNIT_ASSERT(a.rules[1].headers.size() == 2 && a.rules[1].listAllowDomain == "lists.example.org");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountConfigTest);

}  // namespace
