#include "http/representation.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <zlib.h>

using namespace posthouse::http;

namespace {

std::string gunzip(const std::string& data) {
  z_stream z{};
  inflateInit2(&z, 15 + 32);
  std::string out(1 << 20, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  z.avail_in = static_cast<uInt>(data.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  inflate(&z, Z_SYNC_FLUSH);
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

class RepresentationTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RepresentationTest);
  CPPUNIT_TEST(negotiation);
  CPPUNIT_TEST(compressesWhatIsWorthIt);
  CPPUNIT_TEST(conditionsAndRanges);
  CPPUNIT_TEST(pieces);
  CPPUNIT_TEST_SUITE_END();

 public:
  void negotiation() {
    struct {
      const char *accepts, *wanted;
    } const table[] = {
        {nullptr, "identity"},
        {"", "identity"},
        {"gzip", "gzip"},
        {"gzip, deflate, br", "br"},
        {"br;q=0.5, gzip", "gzip"},
        {"gzip;q=0", "identity"},
        {"*", "br"},
        {"*;q=0, gzip", "gzip"},
        {"identity;q=0, *;q=0", "none"},
        {"identity, gzip;q=0.5", "identity"},
        {"GZIP", "gzip"},
        {"zstd", "identity"},
    };
    for (const auto& t : table) {
      Fields f;
      if (t.accepts) f.add("accept-encoding", t.accepts);
      const auto got = negotiate(f, true, true);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.accepts ? t.accepts : "-", std::string(t.wanted),
                                   got ? std::string(codingName(*got)) : "none");
    }
    CPPUNIT_ASSERT(compressible("text/html; charset=utf-8") && compressible("application/json"));
    CPPUNIT_ASSERT(!compressible("image/png") && !compressible("text/event-stream") && !compressible(""));
  }

  void compressesWhatIsWorthIt() {
    const std::string body(5000, 'x');
    Response r = html("\"a\"");
    const auto f = fit(request({{"accept-encoding", "gzip"}}), body, true, &r);
    CPPUNIT_ASSERT(f.body && f.body->size() < 200);
    CPPUNIT_ASSERT_EQUAL(body, gunzip(*f.body));
    CPPUNIT_ASSERT_EQUAL(std::string("gzip"), field(r, "content-encoding"));
    CPPUNIT_ASSERT_EQUAL(std::string("accept-encoding"), field(r, "vary"));
    CPPUNIT_ASSERT_EQUAL(std::string("W/\"a\""), field(r, "etag"));
    r = html("\"a\"");
    CPPUNIT_ASSERT(!fit(request({{"accept-encoding", "gzip"}}), body, false, &r).body);
    r = html("\"a\"");
    CPPUNIT_ASSERT(!fit(request({{"accept-encoding", "gzip"}}), "short", true, &r).body);
    r = html("\"a\"");
    r.fields.set("content-type", "image/png");
    CPPUNIT_ASSERT(!fit(request({{"accept-encoding", "gzip"}}), body, true, &r).body);
    r = html("\"a\"");
    r.fields.set("cache-control", "no-transform");
    CPPUNIT_ASSERT(!fit(request({{"accept-encoding", "gzip"}}), body, true, &r).body);
  }

  void conditionsAndRanges() {
    Response r = html("\"a\"");
    CPPUNIT_ASSERT_EQUAL(size_t{0}, fit(request({{"if-none-match", "\"a\""}}), "0123456789", true, &r).size);
    CPPUNIT_ASSERT_EQUAL(304, r.status);
    CPPUNIT_ASSERT_EQUAL(std::string("\"a\""), field(r, "etag"));
    CPPUNIT_ASSERT_EQUAL(std::string(), field(r, "content-type"));
    r = html("\"a\"");
    auto f = fit(request({{"range", "bytes=2-4"}}), "0123456789", true, &r);
    CPPUNIT_ASSERT(r.status == 206 && f.from == 2 && f.size == 3);
    CPPUNIT_ASSERT_EQUAL(std::string("bytes 2-4/10"), field(r, "content-range"));
    r = html("\"a\"");
    f = fit(request({{"range", "bytes=0-1,8-"}}), "0123456789", true, &r);
    CPPUNIT_ASSERT(r.status == 206 && f.body);
    const std::string type = field(r, "content-type");
    const std::string mark = "--" + type.substr(type.find('=') + 1);
    CPPUNIT_ASSERT_EQUAL(mark + "\r\ncontent-type: text/html\r\ncontent-range: bytes 0-1/10\r\n\r\n01\r\n" + mark +
                             "\r\ncontent-type: text/html\r\ncontent-range: bytes 8-9/10\r\n\r\n89\r\n" + mark +
                             "--\r\n",
                         *f.body);
    r = html("\"a\"");
    f = fit(request({{"range", "bytes=10-"}}), "0123456789", true, &r);
    CPPUNIT_ASSERT_EQUAL(416, r.status);
    CPPUNIT_ASSERT_EQUAL(std::string("bytes */10"), field(r, "content-range"));
    r = html("\"a\"");
    f = fit(request({{"range", "bytes=2-4"}, {"if-range", "\"b\""}}), "0123456789", true, &r);
    CPPUNIT_ASSERT(r.status == 200 && f.size == 10);
    r = {404, {}};  // what is no success stays as it is
    r.fields.add("etag", "\"a\"");
    f = fit(request({{"if-none-match", "\"a\""}}), "0123456789", true, &r);
    CPPUNIT_ASSERT(r.status == 404 && f.size == 10);
  }

  void pieces() {
    for (const Coding c : {Coding::Gzip, Coding::Brotli}) {
      const auto z = Compressor::make(c);
      std::string out;
      z->write("a line\n", true, &out);
      CPPUNIT_ASSERT(!out.empty());
      if (c == Coding::Gzip) CPPUNIT_ASSERT_EQUAL(std::string("a line\n"), gunzip(out));
      z->end(&out);
    }
    Response r = html("\"a\"");
    CPPUNIT_ASSERT(beginPieces(request({{"accept-encoding", "br"}}), true, &r) == Coding::Brotli);
    r = html("\"a\"");
    CPPUNIT_ASSERT(beginPieces(request({{"if-none-match", "*"}}), true, &r) == Coding::Identity);
    CPPUNIT_ASSERT_EQUAL(304, r.status);
  }

 private:
  static RequestHead request(std::initializer_list<std::pair<const char*, const char*>> fields) {
    RequestHead r;
    r.method = "GET";
    for (const auto& [name, value] : fields) r.fields.add(name, value);
    return r;
  }
  static Response html(const char* etag) {
    Response r;
    r.fields.add("content-type", "text/html");
    r.fields.add("etag", etag);
    return r;
  }
  static std::string field(const Response& r, std::string_view name) {
    return std::string(r.fields.get(name).value_or(""));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RepresentationTest);

}  // namespace
