// [queue], [transports] and routes: values, defaults, problems with their place.
#include "config/queue_config.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "config/schema.hpp"
#include "config/server_schema.hpp"

using namespace posthouse::config;

namespace {

struct Read {
  QueueConfig queue;
  std::string problems;
};

Read readText(const std::string& toml) {
  Read out;
  auto node = parseToml("hostname = 'mail.example.org'\n" + toml, "f");
  if (!node) return {{}, node.error().text};
  auto problems = Schema::parse(kServerSchema)->apply(&*node);
  if (problems.empty()) {
    out.queue = readQueue(*node, "/etc/house", &problems);
    checkRoutes(out.queue.routes, out.queue, &problems);
  }
  for (const auto& p : problems) out.problems += (out.problems.empty() ? "" : "\n") + p;
  return out;
}

class QueueConfigTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QueueConfigTest);
  CPPUNIT_TEST(defaults);
  CPPUNIT_TEST(values);
  CPPUNIT_TEST(problemsNameTheirPlace);
  CPPUNIT_TEST_SUITE_END();

 public:
  void defaults() {
    const auto q = readText("").queue;
    CPPUNIT_ASSERT_EQUAL(int64_t{100}, q.connections);
    CPPUNIT_ASSERT_EQUAL(int64_t{10}, q.connectionsPerDestination);
    CPPUNIT_ASSERT_EQUAL(int64_t{8}, q.attempts);
    CPPUNIT_ASSERT_EQUAL(int64_t{7 * 86400}, q.keepRetired);
    CPPUNIT_ASSERT_EQUAL(uint16_t{25}, q.directPort);
    CPPUNIT_ASSERT(q.transports.empty() && q.routes.empty());
    const auto t =
        readText(
            "[transports.a]\nkind = 'submission'\nhost = 'h'\n[transports.b]\nkind = 'submissions'\nhost = 'h'\n"
            "[transports.c]\nkind = 'lmtp'\nhost = '127.0.0.1'\n[transports.d]\nkind = 'direct'")
            .queue.transports;
    CPPUNIT_ASSERT(t.at("a").port == 587 && t.at("a").tls == "required");
    CPPUNIT_ASSERT(t.at("b").port == 465 && t.at("b").tls == "implicit");
    CPPUNIT_ASSERT(t.at("c").port == 24 && t.at("c").tls == "none");
    CPPUNIT_ASSERT(t.at("d").port == 25 && t.at("d").tls == "opportunistic" && t.at("d").carrier == "smtp");
  }

  void values() {
    const auto r = readText(
        "[queue]\nmax_connections = 5\nkeep_retired = '1d'\nsource_ipv4 = '192.0.2.1'\n"
        "[transports.t]\nkind = 'socks'\nproxy = '[2001:db8::1]:1080'\nipv6 = false\nhelo = 'Out.Example.org'\n"
        "[transports.r]\nkind = 'smtp'\nhost = 'h'\nport = 2525\ntls = 'none'\nusername = 'u'\npassword_file = 'p'\n"
        "mechanisms = ['PLAIN']\n"
        "[[routes]]\nfrom = ['B\xc3\xbc"
        "cher.example']\nto = ['.Far.example']\nminimum_attempts = 2\ntransport = 't'\n");
    CPPUNIT_ASSERT_EQUAL(std::string(), r.problems);
    CPPUNIT_ASSERT_EQUAL(int64_t{5}, r.queue.connections);
    CPPUNIT_ASSERT_EQUAL(int64_t{86400}, r.queue.keepRetired);
    CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.1"), r.queue.sourceIpv4);
    const auto& t = r.queue.transports.at("t");
    CPPUNIT_ASSERT_EQUAL(std::string("2001:db8::1"), t.proxy);
    CPPUNIT_ASSERT_EQUAL(uint16_t{1080}, t.proxyPort);
    CPPUNIT_ASSERT_EQUAL(std::string("out.example.org"), t.helo);
    CPPUNIT_ASSERT(t.ipv4 && !t.ipv6);
    CPPUNIT_ASSERT_EQUAL(std::string("/etc/house/p"), r.queue.transports.at("r").passwordFile);
    const auto& route = r.queue.routes.at(0);
    CPPUNIT_ASSERT_EQUAL(std::string("xn--bcher-kva.example"), route.from.at(0));
    CPPUNIT_ASSERT_EQUAL(std::string(".far.example"), route.to.at(0));
    CPPUNIT_ASSERT_EQUAL(2, route.minimumAttempts);
  }

  void problemsNameTheirPlace() {
    const std::pair<const char*, const char*> cases[] = {
        {"[transports.t]\nkind = 'smtp'", "f:2:13: a transport of kind \"smtp\" needs 'host'"},
        {"[transports.t]\nkind = 'direct'\nhost = 'h'", "f:2:13: a transport of kind \"direct\" has no 'host'"},
        {"[transports.t]\nkind = 'pigeon'", "f:3:1: "},
        {"[transports.t]\nkind = 'socks'", "f:2:13: a transport of kind \"socks\" needs 'proxy'"},
        {"[transports.t]\nkind = 'socks'\nproxy = 'host:1080'", "f:4:1: 'proxy': 'host:1080' is not IP:PORT"},
        {"[transports.t]\nkind = 'socks'\nproxy = '127.0.0.1'", "f:4:1: 'proxy': '127.0.0.1' is not IP:PORT"},
        {"[transports.t]\nkind = 'direct'\nipv4 = false\nipv6 = false", "f:2:13: 'ipv4' and 'ipv6' can't both be off"},
        {"[transports.t]\nkind = 'smtp'\nhost = 'h'\nusername = 'u'",
         "f:2:13: 'username' and 'password_file' go together"},
        {"[transports.t]\nkind = 'fail'\ntext = 'a\xc3\xbc'", "f:4:1: 'text' must be one line of at most 256 ASCII"},
        {"[queue]\nsource_ipv4 = '::1'", "f:3:1: 'source_ipv4': '::1' is no IPv4 address"},
        {"[[routes]]\ntransport = 'x'", "f:2:1: there is no transport 'x'"},
        {"[[routes]]\nto = ['a b']\ntransport = 'x'", "f:3:1: 'to': 'a b': "},
    };
    for (const auto& [toml, wanted] : cases) {
      const auto found = readText(toml).problems;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(toml, std::string(wanted), found.substr(0, std::string_view(wanted).size()));
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(QueueConfigTest);

}  // namespace
