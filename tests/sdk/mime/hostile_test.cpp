// Hostile messages: each is parsed and rendered well below a second's fraction and within the limits of the tree.
#include <cppunit/extensions/HelperMacros.h>

#include <chrono>

#include "ph/address/list.hpp"
#include "ph/charset/words.hpp"
#include "ph/header/block.hpp"
#include "ph/imap/bodystructure.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"

namespace {
using namespace ph;
using Clock = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlower = 10;
#else
constexpr int kSlower = 1;
#endif

// Runs f and fails when it takes more than 200 ms; the best of three, as the machine may be busy.
template <class F>
void timed(const char* what, F f) {
  auto best = Clock::duration::max();
  for (int i = 0; i < 3 && best > std::chrono::milliseconds(200 * kSlower); ++i) {
    const auto start = Clock::now();
    f();
    best = std::min(best, Clock::now() - start);
  }
  CPPUNIT_ASSERT_MESSAGE(what, best <= std::chrono::milliseconds(200 * kSlower));
}

std::string repeat(std::string_view unit, size_t n) {
  std::string out;
  out.reserve(unit.size() * n);
  while (n-- > 0) out += unit;
  return out;
}

class HostileTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HostileTest);
  CPPUNIT_TEST(siblings);
  CPPUNIT_TEST(nested);
  CPPUNIT_TEST(nestedMessages);
  CPPUNIT_TEST(longBoundaries);
  CPPUNIT_TEST(longLine);
  CPPUNIT_TEST(manyFields);
  CPPUNIT_TEST(values);
  CPPUNIT_TEST_SUITE_END();

  static mime::Tree measure(const char* what, const std::string& message) {
    mime::Tree tree;
    timed(what, [&] { tree = mime::parse(message); });
    CPPUNIT_ASSERT(tree.parts.size() <= mime::kMaxParts && tree.problems.size() <= mime::kMaxProblems);
    timed(what, [&] { (void)imap::bodyStructure(message, tree, true); });
    timed(what, [&] { CPPUNIT_ASSERT(mime::decodeParts(mime::encodeParts(tree))->parts == tree.parts); });
    return tree;
  }

  void siblings() {
    const auto tree = measure("siblings", "Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
                                              repeat("--b\r\n\r\nx\r\n", 9999) + "--b--\r\n");
    CPPUNIT_ASSERT_EQUAL(size_t{10'000}, tree.parts.size());
  }

  void nested() {
    std::string deep;
    for (int i = 0; i < 1000; ++i) {
      const std::string b = "b" + std::to_string(i);
      deep += "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n";
    }
    CPPUNIT_ASSERT_EQUAL(mime::kMaxDepth, measure("nested", deep).parts.size());
  }

  void nestedMessages() {
    const auto tree = measure("nested messages", repeat("Content-Type: message/rfc822\r\n\r\n", 1000));
    CPPUNIT_ASSERT_EQUAL(mime::kMaxDepth, tree.parts.size());
  }

  // Every line of the bodies starts as the boundary does.
  void longBoundaries() {
    const std::string b(70, 'b');
    const std::string part = "--" + b + "\r\n\r\n" + repeat("--" + b + "x\r\n", 20);
    const auto tree =
        measure("boundaries", "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n" + repeat(part, 9999));
    CPPUNIT_ASSERT_EQUAL(size_t{10'000}, tree.parts.size());
  }

  void longLine() {
    const auto tree = measure("line", "Subject: " + std::string(1 << 20, 'x') + "\r\n\r\nbody\r\n");
    CPPUNIT_ASSERT_EQUAL(size_t{1}, tree.parts.size());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, tree.root().bodyStart);  // the line is no header any more
  }

  void manyFields() {
    const std::string message = repeat("a:\n", 200'000) + "\nbody";
    timed("fields", [&] {
      const header::Block block(message);
      CPPUNIT_ASSERT(block.truncated() && block.fields().size() <= header::kMaxBlock / 3);
    });
    (void)measure("fields", message);
    timed("envelope", [&] { (void)imap::envelope(message); });
    timed("envelope", [&] { (void)imap::envelope(repeat("To:a@b\n", 200'000)); });
  }

  void values() {
    for (const std::string_view unit : {"(", "<", ":;", "a@", "\"", "a,", "<@a,", "\\(", "[", "@["}) {
      timed("addresses", [&] { (void)address::parseList(repeat(unit, header::kMaxBlock / unit.size())); });
    }
    for (const std::string_view unit : {"=?", "=?a?q?", "=?utf-8?q?=", "=?utf-8?q?a?= "}) {
      timed("words", [&] { (void)charset::decodeWords(repeat(unit, header::kMaxBlock / unit.size())); });
    }
    for (const std::string_view unit : {";", ";a=b", ";a*0=b", "(", ";a=\"", "\\"}) {
      const std::string message = "Content-Type: text/plain" + repeat(unit, 250'000 / unit.size()) + "\r\n\r\n";
      timed("parameters", [&] { CPPUNIT_ASSERT(mime::parse(message).root().parameters.raw().size() <= 1000); });
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(HostileTest);
}  // namespace
