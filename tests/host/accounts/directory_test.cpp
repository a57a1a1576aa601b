#include "accounts/directory.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse;
using accounts::AddressKind;
using accounts::Directory;

namespace {

config::ServerConfig sample() {
  config::ServerConfig c;
  c.hostname = "mail.example.org";
  c.postmaster = "ann";
  c.domains["example.org"] = {"example.org", false, false, "", {}};
  c.domains["strict.example"] = {"strict.example", false, true, "", {}};
  c.domains["all.example"] = {"all.example", false, false, "bob", {}};
  c.domains["off.example"] = {"off.example", true, false, "", {}};
  c.domains["xn--bcher-kva.example"] = {"xn--bcher-kva.example", false, false, "", {}};
  c.accounts["ann"] = {
      "ann",
      {"Ann@example.org", "ann@strict.example", "jörg@bücher.example", "\"a b\"@example.org", "x@off.example"},
      "",
      "",
      {}};
  c.accounts["bob"] = {"bob", {"bob@example.org"}, "", "", {}};
  return c;
}

class DirectoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DirectoryTest);
  CPPUNIT_TEST(resolvesEverySpelling);
  CPPUNIT_TEST(logins);
  CPPUNIT_TEST(sendingAs);
  CPPUNIT_TEST(conflictsAreRefused);
  CPPUNIT_TEST(catchEverything);
  CPPUNIT_TEST_SUITE_END();

 public:
  void resolvesEverySpelling() {
    const auto d = Directory::build(sample());
    CPPUNIT_ASSERT(d.ok());
    const struct {
      const char* localpart;
      const char* domain;
      AddressKind kind;
      const char* account;
    } cases[] = {
        {"ann", "example.org", AddressKind::Account, "ann"},
        {"ANN", "EXAMPLE.org", AddressKind::Account, "ann"},
        {"ann", "strict.example", AddressKind::Account, "ann"},
        {"Ann", "strict.example", AddressKind::Unknown, ""},
        {"JÖRG", "bücher.example", AddressKind::Account, "ann"},
        {"jörg", "xn--bcher-kva.example", AddressKind::Account, "ann"},
        {"a b", "example.org", AddressKind::Account, "ann"},
        {"nobody", "example.org", AddressKind::Unknown, ""},
        {"nobody", "all.example", AddressKind::Account, "bob"},
        {"x", "off.example", AddressKind::Disabled, "ann"},
        {"x", "elsewhere.example", AddressKind::Foreign, ""},
        {"Postmaster", "", AddressKind::Account, "ann"},
        {"postmaster", "example.org", AddressKind::Account, "ann"},
        {"postmaster", "elsewhere.example", AddressKind::Foreign, ""},
        {"x", "[127.0.0.1]", AddressKind::Foreign, ""},
    };
    for (const auto& c : cases) {
      const auto r = d->resolve(c.localpart, c.domain);
      CPPUNIT_ASSERT_MESSAGE(c.localpart, r.ok());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(c.localpart) + "@" + c.domain, static_cast<int>(c.kind),
                                   static_cast<int>(r->kind));
      CPPUNIT_ASSERT_EQUAL(std::string(c.account), r->account);
    }
    CPPUNIT_ASSERT(!d->resolve("", "example.org").ok());
    CPPUNIT_ASSERT(!d->resolve("x", "a b").ok());
    CPPUNIT_ASSERT(!d->resolve("ann", "").ok());
  }

  void logins() {
    const auto d = Directory::build(sample());
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), d->accountOfLogin("ann"));
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), d->accountOfLogin("ANN@Example.Org"));
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), d->accountOfLogin("jörg@bücher.example"));
    // A catchall is no login: anyone could make one up.
    CPPUNIT_ASSERT_EQUAL(std::string(), d->accountOfLogin("any@all.example"));
    CPPUNIT_ASSERT_EQUAL(std::string(), d->accountOfLogin("nobody"));
    CPPUNIT_ASSERT_EQUAL(std::string(), d->accountOfLogin(""));
  }

  void sendingAs() {
    const auto d = Directory::build(sample());
    CPPUNIT_ASSERT(d->mayUse("ann", "ann", "example.org"));
    CPPUNIT_ASSERT(!d->mayUse("bob", "ann", "example.org"));
    CPPUNIT_ASSERT(d->mayUse("bob", "anything", "all.example"));
    CPPUNIT_ASSERT(!d->mayUse("ann", "anything", "all.example"));
    CPPUNIT_ASSERT(!d->mayUse("ann", "x", "elsewhere.example"));
  }

  void conflictsAreRefused() {
    auto c = sample();
    c.accounts["eve"] = {"eve", {"ANN@example.org"}, "", "", {"accounts/eve.toml", 1, 1}};
    const auto twice = Directory::build(c);
    CPPUNIT_ASSERT(!twice.ok());
    CPPUNIT_ASSERT(twice.error().text.find("belongs to the account 'ann' already") != std::string::npos);
    c = sample();
    c.accounts["eve"] = {"eve", {"eve@missing.example"}, "", "", {"accounts/eve.toml", 1, 1}};
    const auto missing = Directory::build(c);
    CPPUNIT_ASSERT(!missing.ok());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, missing.error().text.find("accounts/eve.toml:1:1: 'eve@missing.example'"));
  }

  void catchEverything() {
    auto c = sample();
    c.catchEverything = "bob";
    const auto d = Directory::build(c);
    CPPUNIT_ASSERT_EQUAL(std::string("bob"), d->resolve("x", "elsewhere.example")->account);
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), d->resolve("ann", "example.org")->account);
    CPPUNIT_ASSERT(!d->mayUse("bob", "x", "elsewhere.example"));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DirectoryTest);

}  // namespace
