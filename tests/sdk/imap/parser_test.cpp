// Tokens, FETCH items, and what the writer makes of them.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/imap/fetch_item.hpp"
#include "ph/imap/parser.hpp"
#include "ph/imap/writer.hpp"

namespace {

using namespace ph::imap;
using namespace std::string_literals;

class ParserTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ParserTest);
  CPPUNIT_TEST(login);
  CPPUNIT_TEST(append);
  CPPUNIT_TEST(strings);
  CPPUNIT_TEST(badStrings);
  CPPUNIT_TEST(numbers);
  CPPUNIT_TEST(flags);
  CPPUNIT_TEST(errorsStick);
  CPPUNIT_TEST(fetchItems);
  CPPUNIT_TEST(badFetchItems);
  CPPUNIT_TEST(fetchDetails);
  CPPUNIT_TEST(writer);
  CPPUNIT_TEST_SUITE_END();

 public:
  void login() {
    Parser p("a.1 login {2}\r\nme \"se\\\"cret\"");
    CPPUNIT_ASSERT_EQUAL("a.1"s, p.tag());
    p.space();
    CPPUNIT_ASSERT_EQUAL("LOGIN"s, p.word());
    p.space();
    CPPUNIT_ASSERT_EQUAL("me"s, p.astring());
    p.space();
    CPPUNIT_ASSERT_EQUAL("se\"cret"s, p.astring());
    p.end();
    CPPUNIT_ASSERT(p.status().ok());
  }

  void append() {
    Parser p("Entw&APw-rfe (\\Seen $x) \"17-Jul-1996 02:44:25 -0700\" ~{12+}\r\n");
    CPPUNIT_ASSERT_EQUAL("Entw\xc3\xbcrfe"s, p.mailbox());
    p.space();
    CPPUNIT_ASSERT((std::vector<std::string>{"\\Seen", "$x"}) == p.flagList());
    p.space();
    const auto when = p.dateTime();
    CPPUNIT_ASSERT_EQUAL(int64_t{837596665}, when.unixSeconds);
    CPPUNIT_ASSERT_EQUAL(-420, when.zoneMinutes);
    p.space();
    const auto head = p.streamedLiteral();
    p.end();
    CPPUNIT_ASSERT(p.status().ok());
    CPPUNIT_ASSERT(head.size == 12 && head.binary && !head.synchronizing);
  }

  void strings() {
    const std::pair<std::string, std::string> cases[] = {
        {"abc", "abc"},  {"a]b}c", "a]b}c"},           {"\"\"", ""},  {"\"a b\\\\\"", "a b\\"},
        {"{0}\r\n", ""}, {"{4+}\r\na\r\nb", "a\r\nb"}, {"nil", "nil"}};
    for (const auto& [in, out] : cases) {
      Parser p(in);
      const auto text = p.astring();
      p.end();
      CPPUNIT_ASSERT_MESSAGE(in, p.ok());
      CPPUNIT_ASSERT_EQUAL(out, text);
    }
    Parser utf8("\"\xc3\xa9\"", {true});
    CPPUNIT_ASSERT_EQUAL("\xc3\xa9"s, utf8.quoted());
    Parser nil("NIL");
    CPPUNIT_ASSERT(!nil.nstring() && nil.ok());
    Parser list("%/a*]");
    CPPUNIT_ASSERT_EQUAL("%/a*]"s, list.listMailbox());
  }

  void badStrings() {
    for (const auto in :
         {"", " a", "(", "a*", "a\"b", "\"a", "\"a\\", "\"a\\n\"", "\"a\rb\"", "{3}\r\nab", "{3}ab", "{x}\r\n",
          "a{1}\r\nb", "\"\xc3\xa9\"", "\xc3\xa9", "~{1}\r\nx", "{18446744073709551615}\r\n"}) {
      Parser p(in);
      p.astring();
      p.end();
      CPPUNIT_ASSERT_MESSAGE(in, !p.ok());
    }
    Parser p("\"\xff\"", {true});
    p.astring();
    CPPUNIT_ASSERT(!p.ok());
  }

  void numbers() {
    CPPUNIT_ASSERT_EQUAL(4294967295u, Parser("4294967295").number());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{9223372036854775807}, Parser("9223372036854775807").number64());
    CPPUNIT_ASSERT_EQUAL(0u, Parser("0").number());
    for (const auto in : {"4294967296", "x", "", "-1"}) {
      Parser p(in);
      p.number();
      CPPUNIT_ASSERT_MESSAGE(in, !p.ok());
    }
    Parser zero("0"), big("9223372036854775808");
    zero.nzNumber();
    big.number64();
    CPPUNIT_ASSERT(!zero.ok() && !big.ok());
  }

  void flags() {
    CPPUNIT_ASSERT(Parser("()").flagList().empty());
    for (const auto in : {"(", "(\\)", "(a  b)", "(a b ", "(\\*)", "(\\Recent)", "( a)", "a"}) {
      Parser p(in);
      p.flagList();
      CPPUNIT_ASSERT_MESSAGE(in, !p.ok());
    }
  }

  void errorsStick() {
    Parser p("a  b");
    p.atom();
    p.space();
    p.atom();
    CPPUNIT_ASSERT_EQUAL("atom expected at octet 2"s, p.status().error().text);
    CPPUNIT_ASSERT(!p.accept(' ') && p.peek() == '\0' && p.astring().empty() && !p.acceptWord("b"));
    CPPUNIT_ASSERT_EQUAL("atom expected at octet 2"s, p.status().error().text);
  }

  static std::string fetch(std::string_view in) {
    Parser p(in);
    const auto items = parseFetchItems(p);
    p.end();
    if (!p.ok()) return "";
    std::string out;
    for (const auto& item : items) {
      if (!out.empty()) out += ' ';
      out += responseName(item);
      if (item.setsSeen()) out += '!';
    }
    return out;
  }

  void fetchItems() {
    const std::pair<std::string, std::string> cases[] = {
        {"ALL", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"},
        {"full", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY"},
        {"FAST", "FLAGS INTERNALDATE RFC822.SIZE"},
        {"(UID Flags modseq savedate)", "UID FLAGS MODSEQ SAVEDATE"},
        {"(BODY BODYSTRUCTURE BODY[])", "BODY BODYSTRUCTURE BODY[]!"},
        {"BODY.PEEK[HEADER]", "BODY[HEADER]"},
        {"body[1.2.mime]", "BODY[1.2.MIME]!"},
        {"BODY[3.TEXT]<5.10>", "BODY[3.TEXT]<5>!"},
        {"BODY.PEEK[HEADER.FIELDS (From \"a b\")]", "BODY[HEADER.FIELDS (From \"a b\")]"},
        {"BODY[4.1.HEADER.FIELDS.NOT (X {1}\r\ny)]<0.1>", "BODY[4.1.HEADER.FIELDS.NOT (X y)]<0>!"},
        {"(BINARY[1] BINARY.PEEK[]<1.2> BINARY.SIZE[2.3])", "BINARY[1]! BINARY[]<1> BINARY.SIZE[2.3]"},
        {"(RFC822 RFC822.HEADER RFC822.TEXT RFC822.SIZE)", "RFC822! RFC822.HEADER RFC822.TEXT! RFC822.SIZE"},
        {"(PREVIEW UID)", "PREVIEW UID"},
        {"(PREVIEW (LAZY) UID)", "PREVIEW UID"},
    };
    for (const auto& [in, out] : cases) CPPUNIT_ASSERT_EQUAL_MESSAGE(in, out, fetch(in));
  }

  void badFetchItems() {
    for (const auto in : {"",
                          "()",
                          "(ALL)",
                          "ALL FLAGS",
                          "UID FLAGS",
                          "BODY[",
                          "BODY[0]",
                          "BODY[1.]",
                          "BODY[.1]",
                          "BODY[MIME]",
                          "BODY[1.FOO]",
                          "BODY[HEADER.FIELDS]",
                          "BODY[HEADER.FIELDS ()]",
                          "BODY[HEADERX]",
                          "BODY[]<1>",
                          "BODY[]<1.0>",
                          "BODY[]<.1>",
                          "BINARY[TEXT]",
                          "BINARY[1.MIME]",
                          "BINARY.SIZE[]<0.1>",
                          "BODY.PEEK",
                          "RFC822.FOO",
                          "FLAGSX",
                          "(FLAGS  UID)",
                          "PREVIEW (FAST)",
                          "BODY[1]x"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(in, ""s, fetch(in));
    }
    std::string deep = "BODY[1";
    for (int i = 0; i < 200; ++i) deep += ".1";
    CPPUNIT_ASSERT_EQUAL(""s, fetch(deep + "]"));
  }

  void fetchDetails() {
    Parser p("(BODY.PEEK[2.1.HEADER.FIELDS (A B)]<7.9> PREVIEW (LAZY))");
    const auto items = parseFetchItems(p);
    CPPUNIT_ASSERT(p.ok() && items.size() == 2);
    CPPUNIT_ASSERT(items[0].peek && items[0].section.text == Section::Text::HeaderFields);
    CPPUNIT_ASSERT((std::vector<std::uint32_t>{2, 1}) == items[0].section.part);
    CPPUNIT_ASSERT((std::vector<std::string>{"A", "B"}) == items[0].section.fields);
    CPPUNIT_ASSERT(items[0].partial && items[0].partial->first == 7 && items[0].partial->count == 9);
    CPPUNIT_ASSERT(items[1].lazy);
  }

  void writer() {
    std::string out;
    Writer w(out);
    w.raw("* ").string("a\"b").raw(" ").string("a\r\nb").raw(" ").astring("abc").raw(" ").astring("a b").raw(" ");
    w.nstring(std::nullopt).raw(" ").astring("NIL").raw(" ").astring("").raw(" ").mailbox("\xc3\xbc").raw(" ");
    w.flagList({"\\Seen", "x"})
        .raw(" ")
        .string("\xc3\xbc")
        .raw(" ")
        .string("a\0b"s)
        .raw(" ")
        .statusText("a\r\n\xc3\xbc");
    CPPUNIT_ASSERT_EQUAL(
        "* \"a\\\"b\" {4}\r\na\r\nb abc \"a b\" NIL \"NIL\" \"\" &APw- (\\Seen x) {2}\r\n\xc3\xbc {2}\r\nab a  ??"s,
        out);
    out.clear();
    Writer u(out, true);
    u.mailbox("\xc3\xbc").raw(" ").string("\xff").raw(" ").statusText("\xc3\xbc").raw(" ").literalHead(3, true);
    CPPUNIT_ASSERT_EQUAL("\"\xc3\xbc\" {1}\r\n\xff \xc3\xbc ~{3}\r\n"s, out);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ParserTest);

}  // namespace
