#include "base/org_domain.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace posthouse {

class OrgDomainTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OrgDomainTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST_SUITE_END();

 public:
  void table() {
    const std::pair<const char*, const char*> cases[] = {
        {"example.org", "example.org"},
        {"mail.example.org", "example.org"},
        {"a.b.mail.example.co.uk", "example.co.uk"},
        {"co.uk", "co.uk"},
        {"org", "org"},
        {"mail.xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"localhost", "localhost"},
        {"", ""},
    };
    for (const auto& [domain, wanted] : cases) CPPUNIT_ASSERT_EQUAL(std::string(wanted), organisationalDomain(domain));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OrgDomainTest);

}  // namespace posthouse
