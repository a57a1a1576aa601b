#include "accounts/directory.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse;
using accounts::AddressKind;
using accounts::Directory;

namespace {

config::DomainConfig& domain(config::ServerConfig& c, const std::string& name) {
  auto& d = c.domains[name];
  d.name = name;
  return d;
}

void account(config::ServerConfig& c, const std::string& name, std::vector<std::string> addresses) {
  auto& a = c.accounts[name];
  a.name = name;
  a.addresses = std::move(addresses);
  a.at = {"accounts/" + name + ".toml", 1, 1};
}

config::ServerConfig sample() {
  config::ServerConfig c;
  c.hostname = "mail.example.org";
  c.postmaster = "ann";
  domain(c, "example.org").separators = "+-";
  domain(c, "strict.example").caseSensitive = true;
  domain(c, "all.example").catchall = "bob";
  domain(c, "off.example").disabled = true;
  domain(c, "xn--bcher-kva.example");
  account(c, "ann",
          {"Ann@example.org", "ann@strict.example", "jörg@bücher.example", "\"a b\"@example.org", "x@off.example",
           "ann-lee@example.org"});
  account(c, "bob", {"bob@example.org", "old@example.org"});
  c.accounts["bob"].refused.push_back({"OLD@example.org", 551, "moved to new@example.net", {}});
  domain(c, "example.org").aliases = {{"Team", {"ann@example.org", "bob@example.org"}, false, false, true, {}},
                                      {"all", {"ann@example.org"}, true, false, false, {}}};
  return c;
}

class DirectoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DirectoryTest);
  CPPUNIT_TEST(resolvesEverySpelling);
  CPPUNIT_TEST(logins);
  CPPUNIT_TEST(sendingAs);
  CPPUNIT_TEST(conflictsAreRefused);
  CPPUNIT_TEST(changedCaseRule);
  CPPUNIT_TEST(aliases);
  CPPUNIT_TEST(refusals);
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
        {"ann+shop", "example.org", AddressKind::Account, "ann"},
        {"ANN-shop+x", "example.org", AddressKind::Account, "ann"},
        {"ann-lee", "example.org", AddressKind::Account, "ann"},
        {"ann-lee+x", "example.org", AddressKind::Account, "ann"},
        {"+ann", "example.org", AddressKind::Unknown, ""},
        {"ann+x", "strict.example", AddressKind::Unknown, ""},
        {"team", "example.org", AddressKind::Alias, ""},
        {"TEAM+x", "example.org", AddressKind::Alias, ""},
        {"old", "example.org", AddressKind::Refused, "bob"},
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
    account(c, "eve", {"ANN@example.org"});
    const auto twice = Directory::build(c);
    CPPUNIT_ASSERT(!twice.ok());
    CPPUNIT_ASSERT(twice.error().text.find("belongs to the account 'ann' already") != std::string::npos);
    c = sample();
    account(c, "eve", {"eve@missing.example"});
    const auto missing = Directory::build(c);
    CPPUNIT_ASSERT(!missing.ok());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, missing.error().text.find("accounts/eve.toml:1:1: 'eve@missing.example'"));
  }

  void changedCaseRule() {
    auto c = sample();
    account(c, "eve", {"ann@strict.example", "Eve@strict.example"});
    c.accounts["ann"].addresses = {"Ann@strict.example"};
    c.domains["example.org"].aliases.clear();
    CPPUNIT_ASSERT(Directory::build(c).ok());
    // Without case they would be one address: the change is refused.
    c.domains["strict.example"].caseSensitive = false;
    CPPUNIT_ASSERT(!Directory::build(c).ok());
  }

  void aliases() {
    const auto d = Directory::build(sample());
    const auto* team = d->alias(d->resolve("team", "example.org")->canonical);
    CPPUNIT_ASSERT(team && team->members.size() == 2);
    CPPUNIT_ASSERT_EQUAL(std::string("bob"), team->members[1].account);
    CPPUNIT_ASSERT(d->mayPost(*team, "Ann+x", "example.org"));
    CPPUNIT_ASSERT(!d->mayPost(*team, "old", "example.org"));
    CPPUNIT_ASSERT(!d->mayPost(*team, "x", "elsewhere.example"));
    CPPUNIT_ASSERT(d->mayPost(*d->alias("all@example.org"), "x", "elsewhere.example"));
    CPPUNIT_ASSERT(d->mayUse("ann", "team", "example.org"));
    CPPUNIT_ASSERT(!d->mayUse("ann", "all", "example.org"));
    CPPUNIT_ASSERT_EQUAL(std::string(), d->accountOfLogin("team@example.org"));
    const std::pair<config::AliasConfig, const char*> wrong[] = {
        {{"bob", {"ann@example.org"}, false, false, false, {}}, "belongs to the account 'bob' already"},
        {{"team", {"ann@example.org"}, false, false, false, {}}, "is an alias already"},
        {{"none", {}, false, false, false, {}}, "needs members"},
        {{"gone", {"x@example.org"}, false, false, false, {}}, "is no address of an account"},
        {{"far", {"x@far.example"}, false, false, false, {}}, "has no file in domains/"},
        {{"a b", {"ann@example.org"}, false, false, false, {}}, "can't be a local part"}};
    for (const auto& [alias, why] : wrong) {
      auto c = sample();
      c.domains["example.org"].aliases.push_back(alias);
      const auto built = Directory::build(c);
      CPPUNIT_ASSERT_MESSAGE(why, !built.ok());
      CPPUNIT_ASSERT_MESSAGE(built.error().text, built.error().text.find(why) != std::string::npos);
    }
  }

  void refusals() {
    const auto r = Directory::build(sample())->resolve("old+x", "example.org");
    CPPUNIT_ASSERT_EQUAL(551, r->code);
    CPPUNIT_ASSERT_EQUAL(std::string("moved to new@example.net"), r->text);
    auto c = sample();
    c.accounts["ann"].refused.push_back({"bob@example.org", 550, "no", {}});
    CPPUNIT_ASSERT(!Directory::build(c).ok());
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
