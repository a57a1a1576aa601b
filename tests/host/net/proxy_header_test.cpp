// The PROXY header: what is one, what it says, and that no byte after it is touched.
#include "net/proxy_header.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include <sys/socket.h>
#include <unistd.h>
#include "net/proxy_reader.hpp"

using namespace posthouse::net;
using State = ProxyHeader::State;
using namespace std::string_literals;

namespace {

const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kV4 = "\xc0\x00\x02\x01\xc6\x33\x64\x01\xdc\x04\x00\x19"s;

std::string v6Body() {
  return "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01\x20\x01\x0d\xb8"s + std::string(11, '\0') +
         "\x02\xdc\x04\x00\x19"s;
}

class ProxyHeaderTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProxyHeaderTest);
  CPPUNIT_TEST(complete);
  CPPUNIT_TEST(invalid);
  CPPUNIT_TEST(everyPrefixWantsMore);
  CPPUNIT_TEST(readerTakesNoByteMore);
  CPPUNIT_TEST(readerTellsTheEnd);
  CPPUNIT_TEST_SUITE_END();

 public:
  void complete() {
    struct {
      std::string bytes;
      State state;
      const char *source, *destination;
    } const kTable[] = {
        {"PROXY TCP4 192.0.2.1 198.51.100.1 56324 25\r\n", State::Client, "192.0.2.1:56324", "198.51.100.1:25"},
        {"PROXY TCP6 2001:db8::1 2001:db8::2 56324 25\r\n", State::Client, "[2001:db8::1]:56324", "[2001:db8::2]:25"},
        {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 0\r\n", State::Client, "255.255.255.255:65535",
         "255.255.255.255:0"},
        {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
         State::Client, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
        {"PROXY UNKNOWN\r\n", State::Own, "", ""},
        {"PROXY UNKNOWN ffff::1 anything at all\r\n", State::Own, "", ""},
        {kSignature + "\x21\x11\x00\x0c"s + kV4, State::Client, "192.0.2.1:56324", "198.51.100.1:25"},
        {kSignature + "\x21\x21\x00\x24"s + v6Body(), State::Client, "[2001:db8::1]:56324", "[2001:db8::2]:25"},
        {kSignature + "\x21\x11\x00\x0f"s + kV4 + "\x04\x00\x00"s, State::Client, "192.0.2.1:56324", "198.51.100.1:25"},
        {kSignature + "\x20\x11\x00\x0c"s + kV4, State::Own, "", ""},
        {kSignature + "\x20\x00\x00\x00"s, State::Own, "", ""},
        {kSignature + "\x21\x00\x00\x02xx"s, State::Own, "", ""},
    };
    for (const auto& t : kTable) {
      const auto h = parseProxyHeader(t.bytes + "EHLO x\r\n");
      CPPUNIT_ASSERT_MESSAGE(t.bytes, h.state == t.state);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, t.bytes.size(), h.size);
      if (t.state != State::Client) continue;
      CPPUNIT_ASSERT_EQUAL(std::string(t.source), h.source.text());
      CPPUNIT_ASSERT_EQUAL(std::string(t.destination), h.destination.text());
    }
  }

  void invalid() {
    const std::string kTable[] = {
        "EHLO x\r\n",
        "proxy UNKNOWN\r\n",
        "PROXY\r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 \r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 -1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n",
        "PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n",
        "PROXY TCP6 [::1] [::1] 1 2\r\n",
        "PROXY TCP4 mail.example.org 198.51.100.1 1 2\r\n",
        "PROXY UNKNOWN " + std::string(107, 'x'),
        kSignature + "\x11\x11\x00\x0c"s + kV4,
        kSignature + "\x22\x11\x00\x0c"s + kV4,
        kSignature + "\x21\x11\x00\x0b"s + kV4,
        kSignature + "\x21\x21\x00\x0c"s + kV4,
        kSignature + "\x21\x12\x00\x0c"s + kV4,
        kSignature + "\x21\x31\x00\x0c"s + kV4,
        kSignature + "\x21\x11\xff\xff"s,
        "\r\n\r\n\0\r\nQUIX"s,
    };
    for (const auto& bytes : kTable) CPPUNIT_ASSERT_MESSAGE(bytes, parseProxyHeader(bytes).state == State::Invalid);
  }

  void everyPrefixWantsMore() {
    for (const auto& whole : {"PROXY TCP4 192.0.2.1 198.51.100.1 56324 25\r\n"s, "PROXY UNKNOWN\r\n"s,
                              kSignature + "\x21\x21\x00\x24"s + v6Body()}) {
      for (size_t n = 0; n < whole.size(); ++n) {
        CPPUNIT_ASSERT(parseProxyHeader(std::string_view(whole).substr(0, n)).state == State::More);
      }
    }
  }

  void readerTakesNoByteMore() {
    for (const auto& header :
         {"PROXY TCP4 192.0.2.1 198.51.100.1 56324 25\r\n"s, kSignature + "\x21\x11\x00\x0c"s + kV4}) {
      for (const size_t piece : {1u, 5u, 13u, 1000u}) {
        int fds[2];
        CPPUNIT_ASSERT_EQUAL(0, ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
        const std::string all = header + "\x16\x03\x01 client hello";
        ProxyReader reader;
        ProxyHeader h;
        size_t sent = 0;
        while (h.state == State::More && sent < all.size()) {
          const size_t n = std::min(piece, all.size() - sent);
          CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(n), ::send(fds[0], all.data() + sent, n, 0));
          sent += n;
          h = reader.read(fds[1]);
        }
        CPPUNIT_ASSERT(h.state == State::Client);
        char rest[100];
        const ssize_t left = ::recv(fds[1], rest, sizeof rest, 0);
        CPPUNIT_ASSERT_EQUAL(all.substr(header.size(), sent - header.size()),
                             std::string(rest, left > 0 ? static_cast<size_t>(left) : 0));
        ::close(fds[0]);
        ::close(fds[1]);
      }
    }
  }

  void readerTellsTheEnd() {
    int fds[2];
    CPPUNIT_ASSERT_EQUAL(0, ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
    ProxyReader reader;
    CPPUNIT_ASSERT(reader.read(fds[1]).state == State::More);
    CPPUNIT_ASSERT(reader.silent());
    CPPUNIT_ASSERT_EQUAL(ssize_t{5}, ::send(fds[0], "PROXY", 5, 0));
    CPPUNIT_ASSERT(reader.read(fds[1]).state == State::More);
    ::close(fds[0]);
    CPPUNIT_ASSERT(reader.read(fds[1]).state == State::Invalid);
    CPPUNIT_ASSERT(!reader.silent());
    ::close(fds[1]);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProxyHeaderTest);

}  // namespace
