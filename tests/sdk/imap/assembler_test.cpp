// Command assembly from chunks.
#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

#include "ph/imap/assembler.hpp"

namespace {

using ph::imap::AssemblerLimits;
using ph::imap::CommandAssembler;
using namespace std::string_literals;

// Feeds `in` in pieces of `step` octets; literals are streamed on APPEND lines, refused if too large, else buffered.
std::vector<std::string> run(std::string_view in, std::size_t step) {
  CommandAssembler a(AssemblerLimits{64, 10, 15, 20, 4});
  using State = CommandAssembler::State;
  std::vector<std::string> log;
  std::string streamedText;
  bool append = false;
  while (!in.empty() && a.state() != State::Broken) {
    std::string_view piece = in.substr(0, step);
    in.remove_prefix(piece.size());
    while (!piece.empty() && a.state() != State::Broken) {
      if (a.state() == State::Streaming) {
        const auto part = piece.substr(0, a.streamLeft());
        streamedText += part;
        a.streamed(part.size());
        piece.remove_prefix(part.size());
        if (a.streamLeft() == 0) log.push_back("stream " + std::exchange(streamedText, ""));
        continue;
      }
      piece.remove_prefix(a.feed(piece));
      if (a.state() == State::Announced) {
        append = append || a.text().find("APPEND") != std::string_view::npos;
        if (append) {
          log.push_back("head " + std::string(a.text()));
          a.streamLiteral();
        } else if (!a.bufferLiteral()) {
          log.push_back("refused");
          a.refuseLiteral();
        }
      }
      if (a.state() == State::Complete) {
        log.emplace_back(a.text());
        append = false;
        a.next();
      }
    }
  }
  if (a.state() == State::Broken) log.push_back("broken: " + a.error());
  return log;
}

class AssemblerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AssemblerTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST(announcements);
  CPPUNIT_TEST_SUITE_END();

 public:
  void table() {
    const std::pair<std::string, std::vector<std::string>> cases[] = {
        {"a NOOP\r\nb NOOP\r\n", {"a NOOP", "b NOOP"}},
        {"a LOGIN {2}\r\nme {3+}\r\nabc\r\nb NOOP\r\n", {"a LOGIN {2}\r\nme {3+}\r\nabc", "b NOOP"}},
        {"a X {0}\r\n\r\n", {"a X {0}\r\n"}},
        {"a X {4}\r\n\r\n{5\r\n", {"a X {4}\r\n\r\n{5"}},
        {"a X ~{1}\r\n\0\r\n"s, {"a X ~{1}\r\n\0"s}},
        {"a X {1}\r\n\0\r\n"s, {"broken: NUL in literal"}},
        {"a X\0\r\n"s, {"broken: NUL in command"}},
        {"a X\nb", {"broken: line does not end in CRLF"}},
        {"a X\rb", {"broken: bare carriage return in command"}},
        {"a " + std::string(70, 'x') + "\r\n"s, {"broken: command line is too long"}},
        // A refused synchronizing literal is never sent; a refused non-synchronizing one is, with the line's rest.
        {"a X {11}\r\nb NOOP\r\n", {"refused", "b NOOP"}},
        {"a X {11+}\r\nc NOOP\r\n1 2 {2+}\r\nxy\r\nb NOOP\r\n", {"refused", "b NOOP"}},
        {"a X {8}\r\n12345678 {8+}\r\n12345678\r\nb NOOP\r\n", {"refused", "b NOOP"}},
        {"a {1}\r\nx{1}\r\nx{1}\r\nx{1}\r\nx\r\n", {"a {1}\r\nx{1}\r\nx{1}\r\nx{1}\r\nx"}},
        {"a {1}\r\nx{0}\r\n{1}\r\nx{1}\r\nx{0}\r\nb NOOP\r\n", {"refused", "b NOOP"}},
        {"a X {21+}\r\n", {"refused", "broken: refused literal is too large"}},
        {"a APPEND m {30+}\r\n012345678901234567890123456789\r\nb NOOP\r\n",
         {"head a APPEND m {30+}\r\n", "stream 012345678901234567890123456789", "", "b NOOP"}},
        {"a APPEND m {1}\r\nx (f) {2}\r\nyz\r\n",
         {"head a APPEND m {1}\r\n", "stream x", "head  (f) {2}\r\n", "stream yz", ""}},
    };
    for (const auto& [in, want] : cases) {
      for (std::size_t step = 1; step <= in.size(); ++step) {
        CPPUNIT_ASSERT_MESSAGE(in + " by " + std::to_string(step), want == run(in, step));
      }
    }
  }

  void announcements() {
    const auto head = ph::imap::literalAtEnd("x ~{9223372036854775807+}");
    CPPUNIT_ASSERT(head && head->binary && !head->synchronizing && head->size == INT64_MAX && head->width == 23);
    for (const auto none : {"", "}", "{}", "{+}", "{9223372036854775808}", "{99999999999999999999}", "{1", "1}", "{-1}",
                            "{1}x", "{1++}", "{1 }"}) {
      CPPUNIT_ASSERT_MESSAGE(none, !ph::imap::literalAtEnd(none));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AssemblerTest);

}  // namespace
