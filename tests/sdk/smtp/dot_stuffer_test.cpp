// A message on its way out, and back through the reader of our own server.
#include "ph/smtp/dot_stuffer.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {

std::string stuff(std::string_view text, size_t step) {
  ph::smtp::DotStuffer s;
  std::string out;
  for (size_t i = 0; i < text.size(); i += step) s.add(text.substr(i, step), out);
  s.finish(out);
  return out;
}

class DotStufferTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DotStufferTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST(smuggling);
  CPPUNIT_TEST_SUITE_END();

 public:
  void table() {
    const std::pair<std::string, std::string> cases[] = {
        {"", ".\r\n"},
        {"a\r\n", "a\r\n.\r\n"},
        {"a", "a\r\n.\r\n"},
        {".", "..\r\n.\r\n"},
        {".a\r\n..\r\n.", "..a\r\n...\r\n..\r\n.\r\n"},
        {"a.\r\nb.c\r\n", "a.\r\nb.c\r\n.\r\n"},
        {"a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"},
        {"a\r.\r", "a\r\n..\r\n.\r\n"},
        {"a\r\r\n\nb", "a\r\n\r\n\r\nb\r\n.\r\n"},
    };
    for (const auto& [in, wanted] : cases) {
      for (const size_t step : {size_t{1}, size_t{2}, in.size() + 1}) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(in, wanted, stuff(in, step));
      }
    }
  }

  // Every text of these octets up to six of them: no end but the last, no bare CR or LF.
  void smuggling() {
    constexpr std::string_view kOctets = "\r\n.a";
    for (size_t n = 0; n <= 6; ++n) {
      for (size_t code = 0; code < (size_t{1} << (2 * n)); ++code) {
        std::string in;
        for (size_t i = 0; i < n; ++i) in += kOctets[code >> (2 * i) & 3];
        const std::string out = "\r\n" + stuff(in, 1);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(in, out.size() - 5, out.find("\r\n.\r\n"));
        for (size_t i = 0; i < out.size(); ++i) {
          if (out[i] == '\n') CPPUNIT_ASSERT_MESSAGE(in, i > 0 && out[i - 1] == '\r');
          if (out[i] == '\r') CPPUNIT_ASSERT_MESSAGE(in, i + 1 < out.size() && out[i + 1] == '\n');
        }
      }
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DotStufferTest);

}  // namespace
