// Header blocks: fields as slices, their end, folding, and the selections IMAP fetches.
#include "ph/header/block.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/header/message_id.hpp"

namespace {
using namespace ph::header;

class BlockTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BlockTest);
  CPPUNIT_TEST(fields);
  CPPUNIT_TEST(ends);
  CPPUNIT_TEST(lookup);
  CPPUNIT_TEST(subsets);
  CPPUNIT_TEST(messageIdLists);
  CPPUNIT_TEST_SUITE_END();

  // "name=unfolded value|" for each field, then the number of junk lines.
  static std::string shape(const std::string& text) {
    const Block block(text);
    std::string out;
    for (const Field& f : block.fields()) out += std::string(f.name) + '=' + unfold(f.value) + '|';
    return out + std::to_string(block.junkLines());
  }

  void fields() {
    const struct {
      std::string text, shape;
    } kTable[] = {
        {"", "0"},
        {"\r\nA: 1\r\n", "0"},
        {"A: 1\r\nB:2\r\n\r\nC: 3\r\n", "A=1|B=2|0"},
        {"A: 1\nB: 2\n\nC: 3\n", "A=1|B=2|0"},
        {"A: 1\r\n two\r\n\tthree\r\n\r\n", "A=1 two\tthree|0"},
        {"A:\r\n 1\r\n\r\n", "A=1|0"},
        {"A: 1\r\n \r\n 2\r\n\r\n", "A=1  2|0"},
        {"A \t: 1\r\n\r\n", "A=1|0"},
        {"A:\r\n\r\n", "A=|0"},
        {"A: b: c\r\n\r\n", "A=b: c|0"},
        {"A: 1", "A=1|0"},
        {"no colon\r\n continued\r\nA: 1\r\n\r\n", "A=1|2"},
        {" first\r\nA: 1\r\n\r\n", "A=1|1"},
        {": 1\r\nA B: 2\r\nC: 3\r\n\r\n", "C=3|2"},
        {std::string("A: \0x\0\r\n\r\n", 10), "A=x|0"},
    };
    for (const auto& t : kTable) CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, t.shape, shape(t.text));
  }

  void ends() {
    CPPUNIT_ASSERT_EQUAL(size_t{6}, findEnd("A: 1\r\n\r\nx").fieldsEnd);
    CPPUNIT_ASSERT_EQUAL(size_t{8}, findEnd("A: 1\r\n\r\nx").bodyStart);
    CPPUNIT_ASSERT_EQUAL(size_t{6}, findEnd("A: 1\n\nx").bodyStart);
    CPPUNIT_ASSERT_EQUAL(size_t{6}, findEnd("A: 1\r\n").bodyStart);
    std::string big;
    while (big.size() <= kMaxBlock) big += "X-Filler: " + std::string(89, 'x') + '\n';
    const End end = findEnd(big);
    CPPUNIT_ASSERT(end.truncated && end.fieldsEnd == end.bodyStart && end.bodyStart <= kMaxBlock);
    CPPUNIT_ASSERT_EQUAL('\n', big[end.bodyStart - 1]);
  }

  void lookup() {
    const Block block("To: a\r\nSUBJECT: one\r\nsubject: two\r\n\r\n");
    CPPUNIT_ASSERT_EQUAL(std::string("one"), block.value("Subject"));
    CPPUNIT_ASSERT_EQUAL(size_t{2}, block.count("Subject"));
    CPPUNIT_ASSERT_EQUAL(size_t{2}, block.all("subject").size());
    CPPUNIT_ASSERT(!block.find("Subj") && block.value("Cc").empty());
    CPPUNIT_ASSERT_EQUAL(size_t{7}, block.find("Subject")->offset);
    CPPUNIT_ASSERT_EQUAL(size_t{14}, block.find("Subject")->size);
  }

  void subsets() {
    const std::string header = "A: 1\r\n 2\r\nB: 3\r\njunk\r\na: 4\r\n\r\nbody";
    CPPUNIT_ASSERT_EQUAL(std::string("A: 1\r\n 2\r\na: 4\r\n\r\n"), subset(header, {"a"}, false));
    CPPUNIT_ASSERT_EQUAL(std::string("B: 3\r\n\r\n"), subset(header, {"A"}, true));
    CPPUNIT_ASSERT_EQUAL(std::string("\r\n"), subset(header, {"X"}, false));
    CPPUNIT_ASSERT_EQUAL(std::string("A: 1\r\n"), subset("A: 1", {"A"}, false));
    CPPUNIT_ASSERT_EQUAL(std::string(), subset("A: 1", {"B"}, false));
  }

  void messageIdLists() {
    using Ids = std::vector<std::string>;
    CPPUNIT_ASSERT((messageIds("<a@b> <c@d>\r\n\t<e@f>") == Ids{"a@b", "c@d", "e@f"}));
    CPPUNIT_ASSERT((messageIds("(<x@y>) text <a @ b> <> <c <d@e> <f") == Ids{"a@b", "d@e"}));
    CPPUNIT_ASSERT(messageIds("(open <a@b>").empty());
    CPPUNIT_ASSERT_EQUAL(std::string(), messageId("none"));
    std::string many;
    for (int i = 0; i < 2000; ++i) many += "<a@b>";
    CPPUNIT_ASSERT_EQUAL(kMaxMessageIds, messageIds(many).size());
    CPPUNIT_ASSERT((ancestorIds("<a@b> <c@d>", "<e@f>") == Ids{"a@b", "c@d"}));
    CPPUNIT_ASSERT((ancestorIds("none", "<e@f> <g@h>") == Ids{"e@f"}));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(BlockTest);
}  // namespace
