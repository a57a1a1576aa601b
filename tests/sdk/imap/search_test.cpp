// The SEARCH grammar, shown as a Lisp-like text.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/imap/search_key.hpp"

namespace {

using namespace ph::imap;
using namespace std::string_literals;
using K = SearchKey::Kind;

std::string show(const SearchKey& k) {
  const auto group = [&](const char* name) {
    std::string out = "("s + name;
    for (const auto& c : k.children) out += ' ' + show(c);
    return out + ')';
  };
  switch (k.kind) {
    case K::And:
      return group("and");
    case K::Or:
      return group("or");
    case K::Not:
      return group("not");
    case K::Sequence:
      return k.set.isSavedResult() ? "$" : "#" + k.set.resolve(99).toString();
    case K::Uid:
      return "u#" + k.set.resolve(99).toString();
    case K::Header:
      return k.field + '=' + k.text;
    default:
      break;
  }
  std::string out = "k" + std::to_string(static_cast<int>(k.kind));
  if (!k.text.empty()) out += ":" + k.text;
  if (k.number) out += ":" + std::to_string(k.number);
  if (k.day != ph::date::Day{}) out += ":" + ph::date::formatImapDate(k.day);
  return out;
}

std::string key(K kind) {
  return "k" + std::to_string(static_cast<int>(kind));
}

std::string search(const std::string& in) {
  const std::string text = " " + in;
  Parser p(text, {true});
  const auto program = parseSearch(p);
  return p.ok() ? program.charsetKnown ? show(program.key) : "badcharset" : "";
}

class SearchTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SearchTest);
  CPPUNIT_TEST(good);
  CPPUNIT_TEST(bad);
  CPPUNIT_TEST(everyPlainKey);
  CPPUNIT_TEST(depth);
  CPPUNIT_TEST(returnOptions);
  CPPUNIT_TEST_SUITE_END();

 public:
  void good() {
    const std::pair<std::string, std::string> cases[] = {
        {"ALL", key(K::All)},
        {"1:3,5 seen", "(and #1:3,5 " + key(K::Seen) + ")"},
        {"UNSEEN", "(not " + key(K::Seen) + ")"},
        {"OR NOT SEEN (FROM a SUBJECT \"b c\")",
         "(or (not " + key(K::Seen) + ") (and " + key(K::From) + ":a " + key(K::Subject) + ":b c))"},
        {"((((ALL))))", key(K::All)},
        {"UID 3:* $", "(and u#3:99 $)"},
        {"HEADER X-A \"\"", "X-A="},
        {"SINCE 1-Feb-1994", key(K::Since) + ":1-Feb-1994"},
        {"SENTON \"12-feb-1994\"", key(K::SentOn) + ":12-Feb-1994"},
        {"LARGER 9223372036854775807", key(K::Larger) + ":9223372036854775807"},
        {"UNKEYWORD $Junk", "(not " + key(K::Keyword) + ":$Junk)"},
        {"MODSEQ \"/flags/\\\\draft\" all 620162338", key(K::ModSeq) + ":620162338"},
        {"MODSEQ 5", key(K::ModSeq) + ":5"},
        {"YOUNGER 60", key(K::Younger) + ":60"},
        {"CHARSET utf-8 TEXT {2}\r\n\xc3\xa9", key(K::Text) + ":\xc3\xa9"},
        {"CHARSET \"US-ASCII\" ALL", key(K::All)},
        {"CHARSET KOI8-R ALL", "badcharset"},
    };
    for (const auto& [in, out] : cases) CPPUNIT_ASSERT_EQUAL_MESSAGE(in, out, search(in));
  }

  void bad() {
    for (const auto in : {"",
                          "FOO",
                          "NOT",
                          "OR SEEN",
                          "OR SEEN ",
                          "(SEEN",
                          "SEEN)",
                          "()",
                          "SEEN  DRAFT",
                          "SEEN ",
                          "FROM",
                          "FROM ",
                          "SINCE 1994",
                          "SINCE 31-Feb-1994",
                          "LARGER x",
                          "LARGER -1",
                          "UID",
                          "UID x",
                          "0",
                          "CHARSET UTF-8",
                          "KEYWORD \\Seen",
                          "YOUNGER 0",
                          "HEADER a",
                          "TEXT {1}\r\n\xff",
                          "MODSEQ \"x\" all 1",
                          "1:3seen"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(in, ""s, search(in));
    }
  }

  void everyPlainKey() {
    const std::pair<const char*, K> plain[] = {{"ANSWERED", K::Answered}, {"DELETED", K::Deleted},
                                               {"DRAFT", K::Draft},       {"FLAGGED", K::Flagged},
                                               {"NEW", K::New},           {"OLD", K::Old},
                                               {"RECENT", K::Recent},     {"SAVEDATESUPPORTED", K::SaveDateSupported}};
    for (const auto& [name, kind] : plain) CPPUNIT_ASSERT_EQUAL(key(kind), search(name));
    const std::pair<const char*, K> texts[] = {{"BCC", K::Bcc},   {"BODY", K::Body}, {"CC", K::Cc},
                                               {"TEXT", K::Text}, {"TO", K::To},     {"KEYWORD", K::Keyword}};
    for (const auto& [name, kind] : texts) CPPUNIT_ASSERT_EQUAL(key(kind) + ":v", search(name + " v"s));
    const std::pair<const char*, K> days[] = {{"BEFORE", K::Before},           {"ON", K::On},
                                              {"SENTBEFORE", K::SentBefore},   {"SENTSINCE", K::SentSince},
                                              {"SAVEDBEFORE", K::SavedBefore}, {"SAVEDON", K::SavedOn},
                                              {"SAVEDSINCE", K::SavedSince}};
    for (const auto& [name, kind] : days)
      CPPUNIT_ASSERT_EQUAL(key(kind) + ":2-Mar-2020", search(name + " 2-Mar-2020"s));
    CPPUNIT_ASSERT_EQUAL(key(K::Smaller) + ":7", search("SMALLER 7"));
    CPPUNIT_ASSERT_EQUAL(key(K::Older) + ":7", search("OLDER 7"));
    for (const auto name : {"UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED"}) {
      CPPUNIT_ASSERT_EQUAL("(not " + search(name + 2) + ")", search(name));
    }
  }

  void depth() {
    const auto nested = [](int n) { return std::string(n, '(') + "ALL" + std::string(n, ')'); };
    CPPUNIT_ASSERT_EQUAL(key(K::All), search(nested(kMaxSearchDepth - 1)));
    CPPUNIT_ASSERT_EQUAL(""s, search(nested(kMaxSearchDepth)));
    std::string nots;
    for (int i = 0; i < 10'000; ++i) nots += "NOT ";
    CPPUNIT_ASSERT_EQUAL(""s, search(nots + "ALL"));
    std::string wide = "ALL";
    for (std::size_t i = 0; i < kMaxSearchKeys; ++i) wide += " ALL";
    CPPUNIT_ASSERT_EQUAL(""s, search(wide));
  }

  void returnOptions() {
    const auto parse = [](std::string_view in) {
      Parser p(in);
      auto program = parseSearch(p);
      return std::pair(p.ok(), program.result);
    };
    const auto all = parse(" RETURN () ALL").second;
    CPPUNIT_ASSERT(all.given && all.all && !all.save);
    const auto some = parse(" return (MIN max COUNT SAVE) ALL").second;
    CPPUNIT_ASSERT(some.min && some.max && some.count && some.save && !some.all);
    CPPUNIT_ASSERT(!parse(" ALL").second.given);
    for (const auto in : {" RETURN ALL", " RETURN (FOO) ALL", " RETURN (MIN", " RETURN (MIN )", " RETURN (MIN)"}) {
      CPPUNIT_ASSERT_MESSAGE(in, !parse(in).first);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SearchTest);

}  // namespace
