// Paths: decoded and normalised once, or refused.
#include "http/parser/target.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::http;

namespace {

class TargetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TargetTest);
  CPPUNIT_TEST(paths);
  CPPUNIT_TEST(refusedPaths);
  CPPUNIT_TEST(queries);
  CPPUNIT_TEST_SUITE_END();

 public:
  void paths() {
    const std::pair<const char*, const char*> kTable[] = {
        {"/", "/"},
        {"/a/b", "/a/b"},
        {"/a/", "/a/"},
        {"//a", "//a"},
        {"/a/./b", "/a/b"},
        {"/a/../b", "/b"},
        {"/a/..", "/"},
        {"/a/b/..", "/a/"},
        {"/a/.", "/a/"},
        {"/%61", "/a"},
        {"/a/%2e%2E/b", "/b"},
        {"/a/%2e./b", "/b"},
        {"/...", "/..."},
        {"/.a", "/.a"},
        {"/%C3%A4", "/\xc3\xa4"},
        {"/%25%32%66", "/%2f"},
        {"/a%20b;c=d", "/a b;c=d"},
        {"/~a!$&'()*+,;=:@", "/~a!$&'()*+,;=:@"},
    };
    for (const auto& [raw, decoded] : kTable) {
      const auto path = decodePath(raw);
      CPPUNIT_ASSERT_MESSAGE(raw, path.has_value());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(raw, std::string(decoded), *path);
    }
  }

  void refusedPaths() {
    for (const char* raw : {"",     "a",         "/%2f", "/a%2Fb",  "/%5c", "/a\\b",    "/%00",       "/%0a",
                            "/%7f", "/%",        "/%1",  "/%zz",    "/..",  "/a/../..", "/%2e%2e",    "/a b",
                            "/a#b", "/\xc3\xa4", "/%ff", "/%c0%af", "/<",   "/a\"",     "/a/../../b", "/%ed%a0%80"}) {
      CPPUNIT_ASSERT_MESSAGE(raw, !decodePath(raw));
    }
  }

  void queries() {
    const auto target = [](const char* text) { return parseTarget("GET", text); };
    CPPUNIT_ASSERT_EQUAL(std::string("a=%2F&b[]=c"), target("/x?a=%2F&b[]=c")->query);
    CPPUNIT_ASSERT_EQUAL(std::string(""), target("/x?")->query);
    for (const char* text : {"/?%", "/?%1", "/?%zz", "/?a#b", "/?a b", "/?\x01", "/?\xc3\xa4", "/?a\\b"})
      CPPUNIT_ASSERT_MESSAGE(text, !target(text));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TargetTest);

}  // namespace
