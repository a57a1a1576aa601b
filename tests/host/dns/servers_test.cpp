// Which resolvers there are, in which order they are asked, and whose word on DNSSEC counts.
#include "dns/servers.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "app/dns_settings.hpp"
#include "dns/resolv_conf.hpp"

using namespace posthouse::dns;
using posthouse::net::Address;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

class ServersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServersTest);
  CPPUNIT_TEST(failedOnesComeLast);
  CPPUNIT_TEST(longerEachTime);
  CPPUNIT_TEST(loopback);
  CPPUNIT_TEST(resolvConf);
  CPPUNIT_TEST(whoseWordCounts);
  CPPUNIT_TEST(addresses);
  CPPUNIT_TEST(configuration);
  CPPUNIT_TEST_SUITE_END();

 public:
  using Order = std::vector<size_t>;

  void failedOnesComeLast() {
    CPPUNIT_ASSERT(servers_.order(now_) == (Order{0, 1, 2}));
    servers_.failed(0, now_);
    CPPUNIT_ASSERT(servers_.order(now_) == (Order{1, 2, 0}));
    servers_.failed(1, now_);
    CPPUNIT_ASSERT(servers_.order(now_) == (Order{2, 0, 1}));
    servers_.succeeded(0);
    CPPUNIT_ASSERT(servers_.order(now_) == (Order{0, 2, 1}));
    CPPUNIT_ASSERT(servers_.order(now_ + seconds(1)) == (Order{0, 1, 2}));
  }

  void longerEachTime() {
    auto at = now_;
    for (const int pause : {1, 2, 4, 8, 16, 32, 64, 64}) {
      servers_.failed(0, at);
      servers_.failed(0, at);  // a second question that waited at the same time
      CPPUNIT_ASSERT(servers_.order(at + seconds(pause) - seconds(1)).back() == 0);
      at += seconds(pause);
      CPPUNIT_ASSERT(servers_.order(at).front() == 0);
    }
  }

  void loopback() {
    for (const char* a : {"127.0.0.1:53", "127.1.2.3:53", "[::1]:53", "[::ffff:127.0.0.1]:53"})
      CPPUNIT_ASSERT_MESSAGE(a, isLoopback(*Address::parse(a)));
    for (const char* a : {"128.0.0.1:53", "10.127.0.1:53", "[::2]:53", "[::7f00:1]:53", "[2001:db8::1]:53"})
      CPPUNIT_ASSERT_MESSAGE(a, !isLoopback(*Address::parse(a)));
  }

  void resolvConf() {
    const auto list = [](const char* text) {
      std::string out;
      const auto conf = parseResolvConf(text);
      for (const auto& a : conf.resolvers) out += a.text() + " ";
      return out + (conf.trustAd ? "trusted" : "");
    };
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1:53 "), list(""));
    CPPUNIT_ASSERT_EQUAL(
        std::string("192.0.2.1:53 [2001:db8::1]:53 trusted"),
        list("# nameserver 192.0.2.9\n; nameserver 192.0.2.8\nsearch example\n\tnameserver  192.0.2.1 # x\n"
             "nameserver 2001:db8::1\r\nnameserver nonsense\noptions edns0 trust-ad\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1:53 "),
                         list("nameserver\noptions\nnameserver fe80::1%eth0\nxnameserver 192.0.2.1"));
  }

  void whoseWordCounts() {
    const auto trusted = [](const Settings& s) {
      std::string out;
      for (const auto& server : serversOf(s)) out += server.address.ip() + (server.trusted ? "+ " : "- ");
      return out;
    };
    Settings s;
    s.system = false;
    CPPUNIT_ASSERT_EQUAL(std::string(), trusted(s));
    for (const char* a : {"127.0.0.1:53", "192.0.2.1:53", "192.0.2.129:53", "[2001:db8::1]:53"})
      s.resolvers.push_back(*Address::parse(a));
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1+ 192.0.2.1- 192.0.2.129- 2001:db8::1- "), trusted(s));
    s.trusted = {*posthouse::net::Network::parse("192.0.2.0/25"), *posthouse::net::Network::parse("2001:db8::/64")};
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1+ 192.0.2.1+ 192.0.2.129- 2001:db8::1+ "), trusted(s));
    char path[] = "/tmp/resolv-conf-XXXXXX";
    ::close(::mkstemp(path));
    s.system = true;
    s.resolvConf = path;
    std::ofstream(path) << "nameserver 198.51.100.1\nnameserver 192.0.2.1\n";
    CPPUNIT_ASSERT_EQUAL(std::string("198.51.100.1- 192.0.2.1+ "), trusted(s));
    std::ofstream(path) << "nameserver 198.51.100.1\noptions trust-ad\n";
    CPPUNIT_ASSERT_EQUAL(std::string("198.51.100.1+ "), trusted(s));
    std::remove(path);
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1+ "), trusted(s));
  }

  void addresses() {
    using posthouse::app::resolverAddress;
    const std::pair<const char*, const char*> good[] = {{"192.0.2.1", "192.0.2.1:53"},
                                                        {"192.0.2.1:5301", "192.0.2.1:5301"},
                                                        {"::1", "[::1]:53"},
                                                        {"[::1]:5301", "[::1]:5301"}};
    for (const auto& [text, wanted] : good) CPPUNIT_ASSERT_EQUAL(std::string(wanted), resolverAddress(text)->text());
    for (const char* text : {"", "localhost", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:x", "192.0.2.1:70000", "[::1]"})
      CPPUNIT_ASSERT_MESSAGE(text, !resolverAddress(text) || std::string(text) == "[::1]");
  }

  void configuration() {
    using posthouse::app::dnsSettings;
    CPPUNIT_ASSERT(dnsSettings({})->system);
    const auto s = dnsSettings({false, {"127.0.0.1:5301"}, {"10.0.0.0/8"}, {}});
    CPPUNIT_ASSERT(s && !s->system && s->resolvers.size() == 1 && s->trusted.size() == 1);
    CPPUNIT_ASSERT(!dnsSettings({false, {"here"}, {}, {}}));
    CPPUNIT_ASSERT(!dnsSettings({false, {}, {"there"}, {}}));
  }

 private:
  static Server at(const char* text) { return {*Address::parse(text), false}; }
  Servers servers_{{at("192.0.2.1:53"), at("192.0.2.2:53"), at("192.0.2.3:53")}};
  Servers::Time now_{hours(1000)};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServersTest);

}  // namespace
