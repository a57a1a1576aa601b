// Mailbox names: modified UTF-7, canonical form, LIST patterns.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/imap/mailbox_name.hpp"
#include "ph/imap/utf7.hpp"

namespace {

using namespace ph::imap;
using namespace std::string_literals;

class MailboxNameTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MailboxNameTest);
  CPPUNIT_TEST(utf7);
  CPPUNIT_TEST(badUtf7);
  CPPUNIT_TEST(canonical);
  CPPUNIT_TEST(badNames);
  CPPUNIT_TEST(patterns);
  CPPUNIT_TEST(hostilePattern);
  CPPUNIT_TEST_SUITE_END();

 public:
  void utf7() {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""},
        {"INBOX", "INBOX"},
        {"a&b", "a&-b"},
        {"&&", "&-&-"},
        // The example of RFC 3501 5.1.3.
        {"~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
         "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
        {"Entw\xc3\xbcrfe", "Entw&APw-rfe"},
        {"\xf0\x9f\x98\x80", "&2D3eAA-"},
        {"\xc3\xbc&", "&APw-&-"},
        {"\t", "&AAk-"},
    };
    for (const auto& [name, encoded] : cases) {
      CPPUNIT_ASSERT_EQUAL(encoded, *encodeUtf7(name));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(encoded, name, decodeUtf7(encoded).valueOr("?"));
    }
  }

  void badUtf7() {
    for (const auto bad : {"&", "&AGE-", "&APw", "&APw-&APw-", "&2D0-", "&3gA-", "&2D0AYQ-", "&APx-", "&A-", "&APwA-",
                           "a\x7f", "\xc3\xbc", "&AP/-", "&AAA-", "\t", "&AP w-"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !decodeUtf7(bad).ok());
    }
    CPPUNIT_ASSERT(!encodeUtf7("\xff").ok());
    CPPUNIT_ASSERT(!encodeUtf7("a\0b"s).ok());
  }

  void canonical() {
    const std::pair<std::string, std::string> cases[] = {
        {"iNbOx", "INBOX"},        {"Inbox/a", "INBOX/a"}, {"INBOXES", "INBOXES"}, {"a/INBOX", "a/INBOX"},
        {"e\xcc\x81", "\xc3\xa9"}, {"a.b/..c", "a.b/..c"}, {"a#", "a#"},           {"a*%b", "a*%b"},
    };
    for (const auto& [in, out] : cases) CPPUNIT_ASSERT_EQUAL(out, canonicalMailboxName(in).valueOr("?"));
    CPPUNIT_ASSERT_EQUAL("a/b"s, std::string(parentMailbox("a/b/c")));
    CPPUNIT_ASSERT_EQUAL(""s, std::string(parentMailbox("a")));
  }

  void badNames() {
    for (const auto& bad : {""s, "/a"s, "a/"s, "a//b"s, "."s, "a/../b"s, "#news"s, "a\nb"s, "a\0b"s, "a\x7f"s, "\xff"s,
                            "\xe2\x80\xa8"s, "\xc2\x85"s, std::string(1001, 'a')}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !canonicalMailboxName(bad).ok());
    }
  }

  void patterns() {
    const struct {
      const char *pattern, *name;
      bool match;
    } cases[] = {
        {"*", "a/b", true},
        {"%", "a", true},
        {"%", "a/b", false},
        {"a/%", "a/b", true},
        {"a/%", "a", false},
        {"a/%", "a/b/c", false},
        {"a*", "a", true},
        {"a*c", "a/b/c", true},
        {"%/c", "a/b/c", false},
        {"*/c", "a/b/c", true},
        {"%*", "a/b", true},
        {"*%", "a/b", true},
        {"inbox", "INBOX", true},
        {"INB*", "INBOX/x", true},
        {"inbox/X", "INBOX/x", false},
        {"a", "A", false},
        {"", "a", false},
        {"", "", true},
        {"a%b%c", "axbyc", true},
        {"a%b%c", "axb/c", false},
        {"*a%b", "xa/ab", true},
        {"inboxes", "INBOX", false},
        {"e\xcc\x81*", "\xc3\xa9t\xc3\xa9", true},
    };
    for (const auto& c : cases) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(c.pattern) + " ~ " + c.name, c.match,
                                   ListPattern(c.pattern).matches(c.name));
    }
  }

  void hostilePattern() {
    std::string pattern;
    for (int i = 0; i < 2000; ++i) pattern += i % 2 ? "*a" : "%a";
    CPPUNIT_ASSERT(!ListPattern(pattern + "b").matches(std::string(1000, 'a')));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MailboxNameTest);

}  // namespace
