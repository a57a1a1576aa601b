// Table tests of the mbox splitter: every dialect, whole and byte by byte.
#include "ph/mbox/splitter.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace ph::mbox::testing {

const std::string kLine = "From ann@example.org Thu Nov 24 18:22:48 1986\n";

class SplitterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SplitterTest);
  CPPUNIT_TEST(splits);
  CPPUNIT_TEST(dates);
  CPPUNIT_TEST(leavesOutWhatIsTooLong);
  CPPUNIT_TEST(tellsPlaces);
  CPPUNIT_TEST_SUITE_END();

 public:
  static std::vector<Message> split(const std::string& text, std::size_t piece, std::size_t most = 1 << 20,
                                    std::uint64_t* skipped = nullptr) {
    std::vector<Message> out;
    Splitter splitter(most, [&](Message&& m) {
      out.push_back(std::move(m));
      return Status();
    });
    for (std::size_t at = 0; at < text.size(); at += piece)
      CPPUNIT_ASSERT(splitter.feed(std::string_view(text).substr(at, piece)).ok());
    CPPUNIT_ASSERT(splitter.finish().ok());
    if (skipped) *skipped = splitter.skipped();
    return out;
  }

  void splits() {
    const struct {
      const char* what;
      std::string text;
      std::vector<std::string> messages;
    } cases[] = {
        {"nothing", "", {}},
        {"one", kLine + "A: b\n\nbody\n", {"A: b\n\nbody\n"}},
        {"two", kLine + "A: b\n\none\n\n" + kLine + "A: c\n\ntwo\n\n", {"A: b\n\none\n", "A: c\n\ntwo\n"}},
        {"CRLF",
         "From a Thu Nov 24 18:22:48 1986\r\nA: b\r\n\r\none\r\n\r\nFrom a Thu Nov 24 18:22:48 1986\r\nA: c\r\n\r\n",
         {"A: b\r\n\r\none\r\n", "A: c\r\n"}},
        {"empty lines in front", "\n\n" + kLine + "A: b\n\none\n", {"A: b\n\none\n"}},
        {"no end of line", kLine + "A: b\n\none", {"A: b\n\none"}},
        {"only the line", kLine, {""}},
        {"no header end", kLine + "A: b\n", {"A: b\n"}},
        {"quoted", kLine + "A: b\n\n>From x\n>>From y\n>Fromage\n", {"A: b\n\nFrom x\n>From y\n>Fromage\n"}},
        {"not in the header", kLine + ">From x\nA: b\n\nc\n", {">From x\nA: b\n\nc\n"}},
        {"text that begins so",
         kLine + "A: b\n\none\n\nFrom now on, all is well\nand more\n",
         {"A: b\n\none\n\nFrom now on, all is well\nand more\n"}},
        {"not after an empty line", kLine + "A: b\n\none\n" + kLine + "two\n", {"A: b\n\none\n" + kLine + "two\n"}},
        {"no date, but a header", kLine + "A: b\n\none\n\nFrom -\nA: c\n\ntwo\n", {"A: b\n\none\n", "A: c\n\ntwo\n"}},
        {"length",
         kLine + "Content-Length: 52\n\n" + kLine + "\ntwo\n\n\n" + kLine + "A: c\n\n",
         {"Content-Length: 52\n\n" + kLine + "\ntwo\n\n", "A: c\n"}},
        {"length to the end",
         kLine + "Content-Length: 51\n\n\n" + kLine + "two\n",
         {"Content-Length: 51\n\n\n" + kLine + "two\n"}},
        {"length too small",
         kLine + "Content-Length: 1\n\none\n\n" + kLine + "A: c\n\n",
         {"Content-Length: 1\n\none\n", "A: c\n"}},
        {"length too large",
         kLine + "Content-Length: 999\n\none\n\n" + kLine + "A: c\n\n",
         {"Content-Length: 999\n\none\n", "A: c\n"}},
        {"length is no number",
         kLine + "Content-Length: -1\n\none\n\n" + kLine + "A: c\n\n",
         {"Content-Length: -1\n\none\n", "A: c\n"}},
        {"quoted in spite of a length",
         kLine + "Content-Length: 8\n\n>From x\n\n" + kLine + "A: c\n\n",
         {"Content-Length: 8\n\nFrom x\n", "A: c\n"}},
        {"8 bits and NUL",
         kLine + "A: b\n\n\xff" + std::string(1, '\0') + "\n",
         {"A: b\n\n\xff" + std::string(1, '\0') + "\n"}},
    };
    for (const auto& c : cases) {
      for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1 << 16}}) {
        const auto found = split(c.text, piece);
        std::vector<std::string> bytes;
        for (const auto& m : found) bytes.push_back(m.bytes);
        CPPUNIT_ASSERT_MESSAGE(std::string(c.what) + ", pieces of " + std::to_string(piece) + ": " +
                                   std::to_string(bytes.size()) +
                                   " messages, the first: " + (bytes.empty() ? "" : bytes[0]),
                               bytes == c.messages);
      }
    }
  }

  void dates() {
    const std::pair<const char*, std::int64_t> cases[] = {
        {"ann@example.org Thu Nov 24 18:22:48 1986", 533240568},
        {"ann  Thu Nov 24 18:22:48 1986 +0100", 533236968},
        {"ann Thu Nov 24 18:22:48 CET 1986", 533240568},
        {"ann Thu Nov 24 18:22 1986", 533240520},
        {"Thu Nov 24 18:22:48 1986", 533240568},
        {"ann Thu Nov  4 18:22:48 1986", 531512568},
        {"ann Thu Nov 24 25:22:48 1986", 0},
        {"ann Thu Nov 31 18:22:48 1986", 0},
        {"now on", 0},
        {"Thu Nov 24", 0},
        {"", 0},
    };
    for (const auto& [text, expected] : cases) {
      std::int64_t time = 0;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(text, expected != 0, fromLineDate(text, &time));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(text, expected, time);
    }
  }

  void leavesOutWhatIsTooLong() {
    const std::string line(997, 'x');
    for (const bool lines : {true, false}) {
      std::string body;
      for (int i = 0; i < 300; ++i) body += line + (lines ? "\n" : "");
      const auto found = split(
          kLine + "A: b\n\none\n\n" + kLine + "A: c\n\n" + body + "\n\n" + kLine + "A: d\n\nthree\n", 4096, 100'000);
      CPPUNIT_ASSERT_EQUAL(std::size_t{3}, found.size());
      CPPUNIT_ASSERT(!found[0].tooLong && found[1].tooLong && !found[2].tooLong);
      CPPUNIT_ASSERT(found[1].bytes.starts_with("A: c\n\nxxx") && found[1].bytes.size() <= 64 * 1024);
      CPPUNIT_ASSERT_EQUAL(std::string("A: d\n\nthree\n"), found[2].bytes);
    }
  }

  void tellsPlaces() {
    std::uint64_t skipped = 0;
    const auto found = split("garbage\n\n" + kLine + "A: b\n\none\n\n" + kLine + "A: c\n\n", 3, 1000, &skipped);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, found.size());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, found[0].offset);
    CPPUNIT_ASSERT_EQUAL(9 + kLine.size() + 11, static_cast<std::size_t>(found[1].offset));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, skipped);
    CPPUNIT_ASSERT_EQUAL(std::string("ann@example.org Thu Nov 24 18:22:48 1986"), found[1].fromLine);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SplitterTest);

}  // namespace ph::mbox::testing
