// Paths, arguments and rights: what reaches a handler, and what does not.
#include "admin/registry.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "accounts/accounts.hpp"
#include "admin/arguments.hpp"
#include "admin/error_form.hpp"
#include "admin/paths.hpp"
#include "config/server.hpp"
#include "json/parse.hpp"

using namespace posthouse;
using namespace posthouse::admin;
using json::Value;

namespace {

Answer echo(Call& call) {
  return call.args;
}

const Operation kShow = {.name = "thing.show",
                         .method = Method::Get,
                         .path = "/things/{account}",
                         .help = "Shows.",
                         .params = {{"account", Param::Type::String, Param::kRequired, "Whose.", Subject::Account},
                                    {"number", Param::Type::Int, 0, "N."},
                                    {"flag", Param::Type::Bool, 0, "F."},
                                    {"names", Param::Type::List, 0, "L.", Subject::Domain}},
                         .role = Role::Account,
                         .run = echo};
const Operation kAdd = {.name = "thing.add",
                        .method = Method::Post,
                        .path = "/things",
                        .help = "Adds.",
                        .params = {{"address", Param::Type::String, Param::kRequired, "Which.", Subject::Address},
                                   {"secret", Param::Type::String, Param::kSecret, "S."},
                                   {"kind", Param::Type::String, 0, "K.", Subject::None, {"a", "b"}}},
                        .role = Role::DomainAdmin,
                        .changes = true,
                        .run = echo};
const Operation kSpecial = {
    .name = "thing.special", .method = Method::Get, .path = "/things/special", .help = "Is.", .run = echo};
const Operation kRemove = {.name = "thing.remove",
                           .method = Method::Delete,
                           .path = "/things/{account}",
                           .help = "Removes.",
                           .params = {{"account", Param::Type::String, Param::kRequired, "Whose."}},
                           .run = echo};

accounts::Accounts someAccounts() {
  config::ServerConfig c;
  c.hostname = "mail.example";
  for (const char* name : {"a.example", "b.example"}) c.domains[name].name = name;
  const auto add = [&](const char* name, std::vector<std::string> addresses) {
    c.accounts[name].name = name;
    c.accounts[name].addresses = std::move(addresses);
  };
  add("ann", {"ann@a.example"});
  add("bob", {"bob@b.example"});
  add("both", {"both@a.example", "both@b.example"});
  add("none", {});
  add("boss", {"boss@a.example"});
  c.accounts["boss"].role = "admin";
  add("peer", {"peer@a.example"});
  c.accounts["peer"].role = "domain-admin";
  c.accounts["peer"].administers = {"a.example"};
  add("wide", {"wide@a.example"});
  c.accounts["wide"].role = "domain-admin";
  c.accounts["wide"].administers = {"a.example", "b.example"};
  return accounts::Accounts("/nonexistent", *accounts::Directory::build(c));
}

Principal somebody(Role role, std::string account, std::vector<std::string> domains) {
  Principal p;
  p.role = role;
  p.account = std::move(account);
  p.domains = std::move(domains);
  return p;
}

class RegistryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RegistryTest);
  CPPUNIT_TEST(findsPaths);
  CPPUNIT_TEST(readsQueries);
  CPPUNIT_TEST(checksArguments);
  CPPUNIT_TEST(checksRights);
  CPPUNIT_TEST(limitsTokens);
  CPPUNIT_TEST(records);
  CPPUNIT_TEST(formsErrors);
  CPPUNIT_TEST_SUITE_END();

 public:
  void findsPaths() {
    const Paths paths({&kShow, &kAdd, &kRemove, &kSpecial});
    struct {
      const char *method, *path, *wanted, *allow;
    } const kTable[] = {{"GET", "/things/x", "thing.show", ""},
                        {"HEAD", "/things/x", "thing.show", ""},
                        {"DELETE", "/things/x", "thing.remove", ""},
                        {"POST", "/things", "thing.add", ""},
                        {"GET", "/things", "", "POST"},
                        {"GET", "/things/special", "thing.special", ""},
                        {"DELETE", "/things/special", "", "GET"},
                        {"PUT", "/things/x", "", "GET, DELETE"},
                        {"GET", "/things/", "", ""},
                        {"GET", "/things/x/", "", ""},
                        {"GET", "/things/x/y", "", ""},
                        {"GET", "/", "", ""},
                        {"get", "/things/x", "", "GET, DELETE"}};
    for (const auto& t : kTable) {
      const auto m = paths.find(t.method, t.path);
      const std::string where = std::string(t.method) + " " + t.path;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, std::string(t.wanted), std::string(m.operation ? m.operation->name : ""));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, std::string(t.allow), m.allow);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("a@b"), paths.find("GET", "/things/a@b").args["account"].string());
  }

  void readsQueries() {
    struct {
      const char *query, *wanted;
    } const kTable[] = {{"", "{}"},
                        {"number=-5&flag=true", "{\"number\":-5,\"flag\":true}"},
                        {"names=a&names=b%20c+d", "{\"names\":[\"a\",\"b c+d\"]}"},
                        {"flag", "{\"flag\":true}"},
                        {"flag=false&", "{\"flag\":false}"},
                        {"number=x", ""},
                        {"number=", ""},
                        {"number=1&number=2", ""},
                        {"flag=yes", ""},
                        {"account=x", ""},  // stands in the path
                        {"other=1", ""},
                        {"names=%4", ""},
                        {"names=%zz", ""}};
    for (const auto& t : kTable) {
      Value args = Value::object();
      const auto s = addQuery(kShow, t.query, &args);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.query, std::string(t.wanted), s ? json::text(args) : std::string());
    }
    Value args = Value::object();
    CPPUNIT_ASSERT(!addQuery(kAdd, "secret=x", &args));
  }

  void checksArguments() {
    const auto ok = [](const Operation& o, const char* text) {
      const auto args = json::parse(text);
      return checkTypes(o, *args).ok() && checkPresence(o, *args).ok();
    };
    CPPUNIT_ASSERT(ok(kShow, "{\"account\":\"a\",\"number\":1,\"flag\":false,\"names\":[]}"));
    for (const char* bad :
         {"{}", "[]", "null", "{\"account\":\"\"}", "{\"account\":1}", "{\"account\":\"a\",\"number\":\"1\"}",
          "{\"account\":\"a\",\"flag\":1}", "{\"account\":\"a\",\"names\":\"x\"}", "{\"account\":\"a\",\"names\":[1]}",
          "{\"account\":\"a\",\"more\":1}", "{\"account\":\"a\\u0000b\"}", "{\"account\":null}"})
      CPPUNIT_ASSERT_MESSAGE(bad, !ok(kShow, bad));
    CPPUNIT_ASSERT(ok(kAdd, "{\"address\":\"x\",\"kind\":\"b\"}") && !ok(kAdd, "{\"address\":\"x\",\"kind\":\"c\"}"));
    const auto s = checkTypes(kShow, *json::parse("{\"acount\":1}"));
    CPPUNIT_ASSERT(s.error().text.find("did you mean 'account'") != std::string::npos);
  }

  void checksRights() {
    auto accounts = someAccounts();
    Core core;
    core.accounts = &accounts;
    const Registry registry(core, {&kShow, &kAdd, &kRemove}, {});
    const Principal admin = somebody(Role::Admin, "", {});
    const Principal domain = somebody(Role::DomainAdmin, "", {"a.example"});
    const Principal ann = somebody(Role::Account, "ann", {});
    const Principal far = somebody(Role::DomainAdmin, "bob", {"a.example"});
    const Principal nobody;
    struct {
      const Operation& operation;
      const Principal& who;
      const char* args;
      bool may;
    } const kTable[] = {
        {kShow, admin, "{\"account\":\"bob\",\"names\":[\"c.example\"]}", true},
        {kShow, domain, "{\"account\":\"ann\",\"names\":[\"A.Example\"]}", true},
        {kShow, domain, "{\"account\":\"ann\",\"names\":[\"a.example\",\"b.example\"]}", false},
        {kShow, domain, "{\"account\":\"bob\"}", false},
        {kShow, domain, "{\"account\":\"both\"}", false},
        {kShow, domain, "{\"account\":\"none\"}", false},
        {kShow, domain, "{\"account\":\"nobody\"}", false},
        {kShow, domain, "{\"account\":\"boss\"}", false},
        {kShow, domain, "{\"account\":\"peer\"}", true},
        {kShow, domain, "{\"account\":\"wide\"}", false},
        {kShow, far, "{\"account\":\"bob\"}", true},
        {kShow, far, "{\"account\":\"both\"}", false},
        {kShow, ann, "{\"account\":\"ann\"}", true},
        {kShow, ann, "{}", true},
        {kShow, ann, "{\"account\":\"bob\"}", false},
        {kShow, ann, "{\"account\":\"ann\",\"names\":[\"a.example\"]}", false},
        {kShow, nobody, "{\"account\":\"\"}", false},
        {kShow, nobody, "{}", false},
        {kAdd, ann, "{\"address\":\"ann@a.example\"}", false},
        {kAdd, domain, "{\"address\":\"new@a.example\"}", true},
        {kAdd, domain, "{\"address\":\"new@b.example\"}", false},
        {kAdd, domain, "{\"address\":\"a.example\"}", false},
        {kAdd, admin, "{\"address\":\"x\"}", true},
        {kRemove, domain, "{\"account\":\"ann\"}", false},
    };
    for (const auto& t : kTable) {
      const auto answer = registry.call(t.operation, t.who, *json::parse(t.args));
      const std::string where = std::string(t.operation.name) + " " + roleName(t.who.role) + " " + t.args;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, t.may, answer.ok());
      if (!t.may) CPPUNIT_ASSERT_MESSAGE(where, answer.error().kind == ph::Kind::Denied);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("ann"), (*registry.call(kShow, ann, Value::object()))["account"].string());
  }

  void limitsTokens() {
    Principal p = somebody(Role::Admin, "", {});
    CPPUNIT_ASSERT(p.mayCall("queue.list"));
    p.operations = {"queue.*", "status"};
    for (const char* may : {"queue.list", "queue.a.b", "status"}) CPPUNIT_ASSERT_MESSAGE(may, p.mayCall(may));
    for (const char* not_ : {"queue", "queues.list", "status.x", "", "stop"})
      CPPUNIT_ASSERT_MESSAGE(not_, !p.mayCall(not_));
  }

  void records() {
    auto accounts = someAccounts();
    Core core;
    core.accounts = &accounts;
    std::vector<std::string> lines;
    const Registry registry(core, {&kShow, &kAdd}, [&](const Registry::Record& r) {
      lines.push_back(std::string(r.operation.name) + " " + json::text(r.args) + " " +
                      (r.result ? "ok" : codeName(r.result.error().kind)));
      return ph::Status();
    });
    const Principal admin = somebody(Role::Admin, "", {}), ann = somebody(Role::Account, "ann", {});
    const auto args = *json::parse("{\"address\":\"x@a.example\",\"secret\":\"hidden\"}");
    CPPUNIT_ASSERT(registry.call(kAdd, admin, args).ok());
    CPPUNIT_ASSERT(!registry.call(kAdd, ann, args));
    CPPUNIT_ASSERT(registry.call(kShow, ann, Value::object()).ok());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, lines.size());
    CPPUNIT_ASSERT_EQUAL(std::string("thing.add {\"address\":\"x@a.example\"} ok"), lines[0]);
    CPPUNIT_ASSERT_EQUAL(std::string("thing.add {\"address\":\"x@a.example\"} denied"), lines[1]);
    const Registry broken(core, {&kAdd}, [](const auto&) {
      return ph::Status(ph::Error{ph::Kind::Temporary, "full"});
    });
    CPPUNIT_ASSERT(!broken.call(kAdd, admin, args));
  }

  void formsErrors() {
    struct {
      const char *text, *file;
      int64_t line, column;
    } const kTable[] = {{"/etc/x.toml:3:14: bad\n/etc/x.toml:4:1: worse", "/etc/x.toml", 3, 14},
                        {"a:b.toml:3:1: bad", "a:b.toml", 3, 1},
                        {"no place: here", "", 0, 0},
                        {"x:1: here", "", 0, 0},
                        {"", "", 0, 0}};
    for (const auto& t : kTable) {
      const Value form = errorForm({ph::Kind::Invalid, t.text});
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, std::string(t.file), form["file"].string());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, t.line, form["line"].integer());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, t.column, form["column"].integer());
      CPPUNIT_ASSERT_EQUAL(std::string(t.text), errorFrom(form).text);
    }
    for (int k = -12; k < 0; ++k) {
      const auto kind = static_cast<ph::Kind>(k);
      CPPUNIT_ASSERT(kindFrom(codeName(kind)) == kind && httpStatus(kind) >= 400);
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RegistryTest);

}  // namespace
