// Compression of connections against zlib itself: whole and in pieces, at rest, bombs, nonsense.
#include "net/deflate_stream.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <zlib.h>

#include <memory>
#include <string>

using posthouse::net::DeflateStream;

namespace {

// The other end, which keeps its state.
class Peer {
 public:
  Peer() {
    CPPUNIT_ASSERT_EQUAL(Z_OK, ::deflateInit2(&out_, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY));
    CPPUNIT_ASSERT_EQUAL(Z_OK, ::inflateInit2(&in_, -15));
  }
  ~Peer() {
    ::deflateEnd(&out_);
    ::inflateEnd(&in_);
  }
  std::string pack(const std::string& plain, int flush = Z_SYNC_FLUSH) {
    return turn(out_, plain, plain.size() + 1000, flush, ::deflate);
  }
  std::string unpack(const std::string& packed) {
    return turn(in_, packed, packed.size() * 1100, Z_SYNC_FLUSH, ::inflate);
  }

 private:
  static std::string turn(z_stream& z, const std::string& from, size_t most, int flush, int (*call)(z_streamp, int)) {
    std::string to(most, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from.data()));
    z.avail_in = static_cast<uInt>(from.size());
    z.next_out = reinterpret_cast<Bytef*>(to.data());
    z.avail_out = static_cast<uInt>(to.size());
    const int result = call(&z, flush);
    CPPUNIT_ASSERT(result == Z_OK || result == Z_STREAM_END);
    to.resize(to.size() - z.avail_out);
    return to;
  }

  z_stream out_{}, in_{};
};

std::string all(DeflateStream& s, size_t room = 1 << 20) {
  std::string out;
  CPPUNIT_ASSERT(s.inflate(room, out));
  return out;
}

class DeflateStreamTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DeflateStreamTest);
  CPPUNIT_TEST(bothWays);
  CPPUNIT_TEST(pieces);
  CPPUNIT_TEST(rest);
  CPPUNIT_TEST(restInTheMiddle);
  CPPUNIT_TEST(bomb);
  CPPUNIT_TEST(nonsense);
  CPPUNIT_TEST(peerEnds);
  CPPUNIT_TEST_SUITE_END();

 public:
  void bothWays() {
    DeflateStream s;
    Peer peer;
    for (const std::string text : {"a NOOP\r\n", "b FETCH 1:* (UID FLAGS)\r\n", "b FETCH 1:* (UID FLAGS)\r\n"}) {
      s.feed(peer.pack(text));
      CPPUNIT_ASSERT_EQUAL(text, all(s));
      std::string packed;
      CPPUNIT_ASSERT(s.compress(text, packed));
      CPPUNIT_ASSERT_EQUAL(text, peer.unpack(packed));
    }
  }

  void pieces() {
    DeflateStream s;
    Peer peer;
    const std::string text(5000, 'x'), packed = peer.pack(text);
    std::string out;
    for (const char c : packed) {
      s.feed({&c, 1});
      while (s.hasInput()) CPPUNIT_ASSERT(s.inflate(7, out));
    }
    while (out.size() < text.size()) {
      const size_t before = out.size();
      s.feed(peer.pack(""));
      CPPUNIT_ASSERT(s.inflate(1 << 20, out));
      if (out.size() == before) break;
    }
    CPPUNIT_ASSERT_EQUAL(text, out);
  }

  // What a connection keeps while nothing happens is what its client sent last, and it goes on as if nothing had been.
  void rest() {
    DeflateStream s;
    Peer peer;
    const std::string text = "a UID FETCH 1:100 (FLAGS ENVELOPE)\r\n";
    for (int i = 0; i < 100; ++i) {
      s.feed(peer.pack(text));
      CPPUNIT_ASSERT_EQUAL(text, all(s));
      std::string packed;
      CPPUNIT_ASSERT(s.compress(text, packed));
      s.rest();
      CPPUNIT_ASSERT(s.memory() < 100 * text.size() + 1024);
      CPPUNIT_ASSERT_EQUAL(text, peer.unpack(packed));
    }
    const std::string large(200'000, 'y');
    s.feed(peer.pack(large));
    CPPUNIT_ASSERT_EQUAL(large, all(s));
    s.rest();
    CPPUNIT_ASSERT(s.memory() <= (1 << 15) + 64);
  }

  // Without a flush at the end the state is needed, and stays.
  void restInTheMiddle() {
    DeflateStream s;
    Peer peer;
    std::string packed = peer.pack("hello hello hello hello\r\n");
    s.feed(packed.substr(0, 4));
    std::string out = all(s);
    s.rest();
    s.feed(packed.substr(4));
    out += all(s);
    CPPUNIT_ASSERT_EQUAL(std::string("hello hello hello hello\r\n"), out);
  }

  void bomb() {
    DeflateStream s;
    Peer peer;
    s.feed(peer.pack(std::string(50'000'000, '0')));
    CPPUNIT_ASSERT(s.memory() < 200'000);
    std::string out;
    CPPUNIT_ASSERT(s.inflate(1000, out));
    CPPUNIT_ASSERT_EQUAL(size_t{1000}, out.size());
    CPPUNIT_ASSERT(s.hasInput());
    CPPUNIT_ASSERT(s.memory() < 200'000);
  }

  void nonsense() {
    DeflateStream s;
    s.feed("a NOOP\r\n\xff\xff\xff\xff\xff\xff\xff");
    std::string out;
    CPPUNIT_ASSERT(!s.inflate(1000, out) || !s.inflate(1000, out));
  }

  void peerEnds() {
    DeflateStream s;
    Peer peer;
    s.feed(peer.pack("z LOGOUT\r\n", Z_FINISH));
    CPPUNIT_ASSERT_EQUAL(std::string("z LOGOUT\r\n"), all(s));
    s.feed("more");
    std::string out;
    CPPUNIT_ASSERT(!s.inflate(1000, out));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeflateStreamTest);

}  // namespace
