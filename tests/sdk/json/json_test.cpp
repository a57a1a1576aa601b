// JSON: what is read, what is refused, and that writing is reading backwards.
#include <cppunit/extensions/HelperMacros.h>

#include "ph/json/parse.hpp"

using namespace ph;

namespace {

class JsonTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(JsonTest);
  CPPUNIT_TEST(reads);
  CPPUNIT_TEST(refuses);
  CPPUNIT_TEST(writes);
  CPPUNIT_TEST_SUITE_END();

 public:
  void reads() {
    struct {
      const char *text, *wanted;
    } const kTable[] = {
        {" null ", "null"},
        {"[1,-2, 0 ,9223372036854775807]", "[1,-2,0,9223372036854775807]"},
        {"{\"a\" : true, \"b\":{\"c\":[]}}", "{\"a\":true,\"b\":{\"c\":[]}}"},
        {"\"\\u00e4\\n\\/\\ud83d\\ude00\\u0001\"", "\"\xc3\xa4\\n/\xf0\x9f\x98\x80\\u0001\""},
        {"{}", "{}"},
    };
    for (const auto& t : kTable) {
      const auto v = json::parse(t.text);
      CPPUNIT_ASSERT_MESSAGE(t.text, v.ok());
      CPPUNIT_ASSERT_EQUAL(std::string(t.wanted), json::text(*v));
      CPPUNIT_ASSERT(*json::parse(json::text(*v, true)) == *v);
    }
  }

  void refuses() {
    for (const char* text : {"",
                             " ",
                             "nul",
                             "1 2",
                             "[1,]",
                             "[,1]",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{\"a\" 1}",
                             "{\"a\":1,\"a\":2}",
                             "01",
                             "-",
                             "+1",
                             "1.5",
                             "1e3",
                             "9223372036854775808",
                             "\"",
                             "\"\n\"",
                             "\"\\x\"",
                             "\"\\ud800\"",
                             "\"\\udc00\"",
                             "\"\\ud800\\u0041\"",
                             "\"\\u12",
                             "\"\\u12g4\"",
                             "'a'",
                             "[1",
                             "{\"a\":",
                             "\xff",
                             "\"\xc3\"",
                             "// c\n1",
                             "NaN",
                             "[\"a\" \"b\"]"})
      CPPUNIT_ASSERT_MESSAGE(text, !json::parse(text));
    const auto nested = [](int n) {
      return std::string(static_cast<size_t>(n), '[') + std::string(static_cast<size_t>(n), ']');
    };
    CPPUNIT_ASSERT(json::parse(nested(json::kMaxDepth)).ok());
    CPPUNIT_ASSERT(!json::parse(nested(json::kMaxDepth + 2)));
    CPPUNIT_ASSERT(!json::parse(nested(100000)));
  }

  void writes() {
    json::Value v;
    v.set("b", "x\x7f\"\\").set("a", json::Value::list().add(false)).set("b", 2);
    CPPUNIT_ASSERT_EQUAL(std::string("{\"b\":2,\"a\":[false]}"), json::text(v));
    CPPUNIT_ASSERT_EQUAL(std::string("\"\\u007f\xef\xbf\xbd\""), json::text("\x7f\xff"));
    CPPUNIT_ASSERT(v["c"].isNull() && v["b"].integer() == 2 && v["a"].items().size() == 1);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(JsonTest);

}  // namespace
