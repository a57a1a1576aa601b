// The public suffix list's own tests, when they lie beside the checkout; our own vectors are in org_domain_test.cpp.
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "base/org_domain.hpp"
#include "ph/address/domain.hpp"

namespace {

class PublicSuffixTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PublicSuffixTest);
  CPPUNIT_TEST(everyLine);
  CPPUNIT_TEST_SUITE_END();

 public:
  void everyLine() {
    std::ifstream file(PH_SOURCE_DIR "/../shared/suites/publicsuffix/tests.txt");
    int passed = 0;
    int failed = 0;
    for (std::string line; std::getline(file, line);) {
      std::istringstream in(line);
      std::string name;
      std::string expected;
      if (!(in >> name >> expected) || name.starts_with("//") || name == "null") continue;
      // Names that are none have no organisational domain; a public suffix is its own, where the list says "null".
      const auto domain = ph::address::normaliseDomain(name);
      const std::string ours = domain ? posthouse::organisationalDomain(*domain) : "null";
      const std::string wanted = expected != "null" ? *ph::address::normaliseDomain(expected) : domain.valueOr("null");
      if (ours != wanted) std::cout << "publicsuffix: " << name << ": " << ours << " instead of " << wanted << "\n";
      ++(ours == wanted ? passed : failed);
    }
    if (passed + failed == 0) return;
    std::cout << "publicsuffix: " << passed << " of " << passed + failed << "\n";
    CPPUNIT_ASSERT_EQUAL(0, failed);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PublicSuffixTest);

}  // namespace
