// Threading, with the structures of RFC 5256 4 and what each step of its 3 says.
#include "ph/imap/thread.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <set>

namespace {

using namespace ph::imap;

ThreadMessage message(uint32_t number, std::string id, std::vector<std::string> references, std::string subject = "",
                      bool isReply = false) {
  return {number, std::move(id), std::move(references), std::move(subject), isReply, number};
}

class ThreadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ThreadTest);
  CPPUNIT_TEST(references);
  CPPUNIT_TEST(orderedSubject);
  CPPUNIT_TEST(everyMessageOnce);
  CPPUNIT_TEST(longChain);
  CPPUNIT_TEST_SUITE_END();

 public:
  void references() {
    const struct {
      const char* what;
      std::vector<ThreadMessage> messages;
      const char* text;
    } table[] = {
        {"nothing", {}, ""},
        {"RFC 5256 4, the first example",
         {message(2, "a", {}), message(3, "b", {}), message(4, "d", {"b", "c"}), message(6, "c", {"b"}),
          message(7, "f", {"c", "e"}), message(23, "g", {"d"}), message(44, "e", {"c"}), message(96, "h", {"f"})},
         "(2)(3 6 (4 23)(44 7 96))"},
        {"RFC 5256 4, the second example", {message(3, "a", {"x"}), message(5, "b", {"x"})}, "((3)(5))"},
        {"one child of a missing message", {message(3, "a", {"x"})}, "(3)"},
        {"missing in the middle", {message(1, "a", {}), message(2, "c", {"a", "b"})}, "(1 2)"},
        {"the last reference counts",
         {message(1, "a", {}), message(2, "b", {}), message(3, "c", {"a"}), message(4, "c2", {"b", "c"})},
         "(1 3 4)(2)"},
        {"a link is not changed by references of others",
         {message(1, "a", {}), message(2, "b", {"a"}), message(3, "x", {}), message(4, "c", {"x", "b"})},
         "(1 2 4)(3)"},
        {"loops", {message(1, "a", {"b"}), message(2, "b", {"a"})}, "(2 1)"},
        {"its own parent", {message(1, "a", {"a"})}, "(1)"},
        {"the same id twice", {message(1, "a", {}), message(2, "a", {}), message(3, "b", {"a"})}, "(1 3)(2)"},
        {"without ids", {message(1, "", {}), message(2, "", {"x"}), message(3, "", {"x"})}, "(1)((2)(3))"},
        {"a reply joins by its subject", {message(1, "a", {}, "S"), message(2, "b", {}, "S", true)}, "(1 2)"},
        {"two that are no replies", {message(1, "a", {}, "S"), message(2, "b", {}, "S")}, "((1)(2))"},
        {"the reply came first", {message(1, "b", {}, "S", true), message(2, "a", {}, "S")}, "(2 1)"},
        {"replies without the first", {message(1, "b", {}, "S", true), message(2, "a", {}, "S", true)}, "((1)(2))"},
        {"three, the second is no reply",
         {message(1, "a", {}, "S", true), message(2, "b", {}, "S"), message(3, "c", {}, "S", true)},
         "(2 (1)(3))"},
        {"into a dummy",
         {message(1, "a", {"x"}, "S"), message(2, "b", {"x"}, "S"), message(3, "c", {}, "S")},
         "((1)(2)(3))"},
        {"two dummies",
         {message(1, "a", {"x"}, "S"), message(2, "b", {"x"}, "S"), message(3, "c", {"y"}, "S"),
          message(4, "d", {"y"}, "S")},
         "((1)(2)(3)(4))"},
        {"empty subjects do not join", {message(1, "a", {}), message(2, "b", {})}, "(1)(2)"},
    };
    for (const auto& t : table)
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.what, std::string(t.text), threadText(threadByReferences(t.messages)));
  }

  void orderedSubject() {
    const std::vector<ThreadMessage> messages = {
        {173, "", {}, "A", false, 10}, {174, "", {}, "B", false, 11}, {175, "", {}, "B", false, 12},
        {176, "", {}, "B", false, 13}, {178, "", {}, "B", false, 14}, {180, "", {}, "B", false, 16},
        {181, "", {}, "B", false, 15}, {200, "", {}, "C", false, 30}, {202, "", {}, "C", false, 31}};
    // As in the first example of RFC 5256 3.
    CPPUNIT_ASSERT_EQUAL(std::string("(173)(174 (175)(176)(178)(181)(180))(200 202)"),
                         threadText(threadByOrderedSubject(messages)));
    CPPUNIT_ASSERT_EQUAL(std::string(), threadText(threadByOrderedSubject({})));
  }

  void everyMessageOnce() {
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
      std::vector<ThreadMessage> messages;
      const unsigned ids = 1 + random() % 12;
      for (uint32_t n = 1; n <= 20; ++n) {
        std::vector<std::string> references;
        for (unsigned i = random() % 4; i > 0; --i) references.push_back(std::to_string(random() % ids));
        messages.push_back({n, random() % 5 ? std::to_string(random() % ids) : "", references,
                            random() % 2 ? std::to_string(random() % 3) : "", random() % 2 == 0,
                            static_cast<int64_t>(random() % 5)});
      }
      for (const auto& forest : {threadByReferences(messages), threadByOrderedSubject(messages)}) {
        std::multiset<uint32_t> seen;
        const auto text = threadText(forest);
        for (size_t at = 0; at < text.size();) {
          if (text[at] < '0' || text[at] > '9') {
            ++at;
            continue;
          }
          size_t used = 0;
          seen.insert(static_cast<uint32_t>(std::stoul(text.substr(at), &used)));
          at += used;
        }
        CPPUNIT_ASSERT_EQUAL(size_t{20}, seen.size());
        for (uint32_t n = 1; n <= 20; ++n) CPPUNIT_ASSERT_EQUAL(size_t{1}, seen.count(n));
      }
    }
  }

  void longChain() {
    std::vector<ThreadMessage> messages;
    for (uint32_t n = 1; n <= 200'000; ++n) {
      messages.push_back(message(n, std::to_string(n),
                                 n > 1 ? std::vector<std::string>{std::to_string(n - 1)} : std::vector<std::string>{}));
    }
    CPPUNIT_ASSERT(threadText(threadByReferences(messages)).ends_with(" 199999 200000)"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ThreadTest);

}  // namespace
