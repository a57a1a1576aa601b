#include "config/schema.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "config/suggest.hpp"

using namespace posthouse::config;

namespace {

constexpr const char* kSchema = R"({"type":"object","required":["name"],"properties":{
  "name":{"type":"string","minLength":1},
  "count":{"type":"integer","minimum":1,"maximum":9,"default":3},
  "wait":{"type":"string","format":"duration","default":"5m"},
  "size":{"type":"string","format":"size"},
  "mode":{"type":"string","enum":["a","b"],"default":"a"},
  "list":{"type":"array","items":{"type":"string"}},
  "inner":{"type":"object","properties":{"on":{"type":"boolean","default":true}}},
  "free":{"type":"object","additionalProperties":{"type":"integer"}}}})";

class SchemaTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SchemaTest);
  CPPUNIT_TEST(problemsNameTheirPlace);
  CPPUNIT_TEST(defaultsAreFilledIn);
  CPPUNIT_TEST(unknownKeywordsOfSchemasAreRefused);
  CPPUNIT_TEST(durationsAndSizes);
  CPPUNIT_TEST(suggestions);
  CPPUNIT_TEST_SUITE_END();

 public:
  static std::vector<std::string> problems(std::string_view toml) {
    auto node = parseToml(toml, "f");
    if (!node) return {node.error().text};
    return Schema::parse(kSchema)->apply(&*node);
  }

  void problemsNameTheirPlace() {
    const struct {
      const char* toml;
      const char* wanted;  // nullptr: valid
    } cases[] = {
        {"name = 'x'", nullptr},
        {"name = 'x'\ncount = 9\nwait = '1h30m'\nsize = '2MB'\nlist = ['a']\nfree.any = 1", nullptr},
        {"", "f:1:1: 'name' is missing"},
        {"name = 1", "f:1:1: 'name' must be a string, not a whole number"},
        {"name = ''", "f:1:1: 'name' must not be empty"},
        {"name = 'x'\ncount = 10", "f:2:1: 'count' must be at most 9"},
        {"name = 'x'\ncount = 0", "f:2:1: 'count' must be at least 1"},
        {"name = 'x'\nwait = '5 minutes'", "f:2:1: 'wait' must be a duration such as \"30s\", \"5m\" or \"1h30m\""},
        {"name = 'x'\nsize = 'big'", "f:2:1: 'size' must be a size such as \"512KB\" or \"100MB\""},
        {"name = 'x'\nmode = 'c'", "f:2:1: 'mode' must be one of \"a\", \"b\""},
        {"name = 'x'\nlist = ['a', 2]", "f:2:14: 'list[1]' must be a string, not a whole number"},
        {"name = 'x'\n[inner]\non = 'yes'", "f:3:1: 'inner.on' must be true or false, not a string"},
        {"name = 'x'\ncuont = 1", "f:2:1: unknown key 'cuont'; did you mean 'count'?"},
        {"name = 'x'\n[free]\nz = 'q'", "f:3:1: 'free.z' must be a whole number, not a string"},
        {"name = 'x'\nwhen = 2020-01-01", "f:2:8: only strings, whole numbers, true and false are used here"},
    };
    for (const auto& c : cases) {
      const auto found = problems(c.toml);
      if (!c.wanted) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(c.toml, size_t{0}, found.size());
      } else {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(c.toml, size_t{1}, found.size());
        CPPUNIT_ASSERT_EQUAL(std::string(c.wanted), found[0]);
      }
    }
  }

  void defaultsAreFilledIn() {
    auto node = parseToml(std::string_view("name = 'x'"), "f");
    CPPUNIT_ASSERT(Schema::parse(kSchema)->apply(&*node).empty());
    CPPUNIT_ASSERT_EQUAL(int64_t{3}, node->intAt("count"));
    CPPUNIT_ASSERT_EQUAL(std::string("5m"), node->stringAt("wait"));
    CPPUNIT_ASSERT(node->boolAt("inner.on"));
    CPPUNIT_ASSERT(!node->find("size"));
  }

  void unknownKeywordsOfSchemasAreRefused() {
    CPPUNIT_ASSERT(!Schema::parse(R"({"type":"object","patternProperties":{}})"));
    CPPUNIT_ASSERT(!Schema::parse(R"({"type":"number"})"));
    CPPUNIT_ASSERT(!Schema::parse("{"));
  }

  void durationsAndSizes() {
    const struct {
      const char* text;
      int64_t ms;  // -1: refused
    } durations[] = {{"250ms", 250},
                     {"30s", 30000},
                     {"1h30m", 5400000},
                     {"2d", 172800000},
                     {"", -1},
                     {"5", -1},
                     {"s", -1},
                     {"5x", -1},
                     {"-5s", -1},
                     {"5s ", -1},
                     {"99999999999999999999s", -1},
                     {"9223372036854775807s", -1}};
    for (const auto& d : durations) {
      int64_t ms = -1;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(d.text, d.ms >= 0, parseDuration(d.text, &ms));
      if (d.ms >= 0) CPPUNIT_ASSERT_EQUAL(d.ms, ms);
    }
    const struct {
      const char* text;
      int64_t bytes;
    } sizes[] = {{"0", 0}, {"512", 512}, {"4KiB", 4096}, {"100MB", 104857600}, {"1GB", 1073741824},
                 {"", -1}, {"MB", -1},   {"1 MB", -1},   {"1mb", -1},          {"9999999999TB", -1}};
    for (const auto& s : sizes) {
      uint64_t bytes = 0;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(s.text, s.bytes >= 0, parseSize(s.text, &bytes));
      if (s.bytes >= 0) CPPUNIT_ASSERT_EQUAL(static_cast<uint64_t>(s.bytes), bytes);
    }
  }

  void suggestions() {
    CPPUNIT_ASSERT_EQUAL(std::string("; did you mean 'imap'?"), suggest("imapp", {"smtp", "imap"}));
    CPPUNIT_ASSERT_EQUAL(std::string("; known here: smtp, imap"), suggest("webserver", {"smtp", "imap"}));
    CPPUNIT_ASSERT_EQUAL(std::string(), suggest("x", {}));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SchemaTest);

}  // namespace
