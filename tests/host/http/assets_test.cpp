#include "http/assets.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace posthouse::http;
namespace fs = std::filesystem;

namespace {

class AssetsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AssetsTest);
  CPPUNIT_TEST(whatIsAddedIsServed);
  CPPUNIT_TEST(forms);
  CPPUNIT_TEST(folders);
  CPPUNIT_TEST(caching);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    char name[] = "/tmp/ph-assets-XXXXXX";
    folder_ = mkdtemp(name);
  }
  void tearDown() override { fs::remove_all(folder_); }

  void whatIsAddedIsServed() {
    Assets a({"/x/", "index.html", "", "", 0, true});
    CPPUNIT_ASSERT(a.add("index.html", "<p>home"));
    CPPUNIT_ASSERT(a.add("sub/index.html", "<p>sub"));
    CPPUNIT_ASSERT(a.add("a.css", "a{}"));
    CPPUNIT_ASSERT(a.add("odd", "odd", "text/odd"));
    for (const char* bad : {"", "/a", "a/", "../a", "a/../b", "%61", "./a"})
      CPPUNIT_ASSERT_MESSAGE(bad, !a.add(bad, "x"));
    a.finish();
    CPPUNIT_ASSERT(body(ask(a, "/x/")) == "<p>home" && body(ask(a, "/x/sub/")) == "<p>sub");
    CPPUNIT_ASSERT(has(ask(a, "/x/a.css"), "content-type: text/css"));
    CPPUNIT_ASSERT(has(ask(a, "/x/odd"), "content-type: text/odd"));
    CPPUNIT_ASSERT(has(ask(a, "/x/none"), "HTTP/1.1 404 "));
    CPPUNIT_ASSERT(has(ask(a, "/x/sub"), "HTTP/1.1 404 "));
    Assets app({"/", "", "app.html", "", 0, true});
    CPPUNIT_ASSERT(app.add("app.html", "app"));
    CPPUNIT_ASSERT(body(ask(app, "/inbox/7")) == "app");
  }

  void forms() {
    Assets a({"/", "", "", "", 0, true});
    const std::string text(4000, 'x');
    CPPUNIT_ASSERT(a.add("a.js", text));
    CPPUNIT_ASSERT(a.add("b.js", text));
    CPPUNIT_ASSERT(a.add("b.js.br", "made before"));
    CPPUNIT_ASSERT(a.add("c.png", text));
    a.finish();
    const std::string plain = ask(a, "/a.js"), br = ask(a, "/a.js", {{"accept-encoding", "br"}});
    CPPUNIT_ASSERT(body(plain) == text && has(plain, "vary: accept-encoding"));
    CPPUNIT_ASSERT(has(br, "content-encoding: br") && body(br).size() < 200);
    CPPUNIT_ASSERT(field(br, "etag") != field(plain, "etag"));
    CPPUNIT_ASSERT(has(ask(a, "/a.js", {{"accept-encoding", "br"}, {"if-none-match", field(br, "etag")}}), " 304 "));
    CPPUNIT_ASSERT(body(ask(a, "/b.js", {{"accept-encoding", "br"}})) == "made before");
    CPPUNIT_ASSERT(has(ask(a, "/b.js.br"), " 404 "));
    CPPUNIT_ASSERT(!has(ask(a, "/c.png", {{"accept-encoding", "br"}}), "content-encoding"));
    const std::string part = ask(a, "/a.js", {{"accept-encoding", "br"}, {"range", "bytes=1-3"}});
    CPPUNIT_ASSERT(has(part, " 206 ") && body(part) == "xxx" && has(part, "content-range: bytes 1-3/4000"));
  }

  void folders() {
    fs::create_directories(folder_ + "/in/sub");
    for (const char* name : {"/secret", "/in/a.txt", "/in/sub/b.txt", "/in/.hidden", "/in/empty.txt"})
      std::ofstream(folder_ + name) << (std::string(name) == "/in/empty.txt" ? "" : name);
    fs::create_symlink(folder_ + "/secret", folder_ + "/in/link.txt");
    fs::create_directory_symlink(folder_, folder_ + "/in/up");
    Assets a({"/", "", "", "", 0, true});
    CPPUNIT_ASSERT(a.addFolder(folder_ + "/in"));
    CPPUNIT_ASSERT(a.addFolder(folder_ + "/none").error().kind == ph::Kind::NotFound);
    a.finish();
    CPPUNIT_ASSERT(body(ask(a, "/sub/b.txt")) == "/in/sub/b.txt" && has(ask(a, "/empty.txt"), "content-length: 0"));
    for (const char* not_there : {"/.hidden", "/link.txt", "/up/secret", "/secret"})
      CPPUNIT_ASSERT_MESSAGE(not_there, has(ask(a, not_there), " 404 "));
  }

  void caching() {
    Assets a({"/", "", "", "", 60, false});
    for (const char* name : {"app.3f9a2c1b.js", "chunk-0123456789ab.js", "app.js", "deadbee.js"})
      CPPUNIT_ASSERT(a.add(name, "x"));
    CPPUNIT_ASSERT_EQUAL(std::string("private, max-age=31536000, immutable"),
                         field(ask(a, "/app.3f9a2c1b.js"), "cache-control"));
    CPPUNIT_ASSERT_EQUAL(std::string("private, max-age=31536000, immutable"),
                         field(ask(a, "/chunk-0123456789ab.js"), "cache-control"));
    CPPUNIT_ASSERT_EQUAL(std::string("private, max-age=60"), field(ask(a, "/app.js"), "cache-control"));
    CPPUNIT_ASSERT_EQUAL(std::string("private, max-age=60"), field(ask(a, "/deadbee.js"), "cache-control"));
  }

 private:
  using Pairs = std::initializer_list<std::pair<const char*, std::string>>;
  static std::string ask(Assets& a, const std::string& path, const Pairs& fields = {}) {
    Request r;
    r.head.method = "GET";
    r.head.target.path = path;
    for (const auto& [name, value] : fields) r.head.fields.add(name, value);
    Exchange x(
        std::move(r), [] {}, [](int) { return true; });
    x.setQuick();
    x.finish(a.handle(x));
    std::string out;
    while (x.take(1000, &out).more) {
    }
    return out;
  }
  static std::string body(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }
  static bool has(const std::string& answer, std::string_view what) {
    return answer.find(what) < answer.find("\r\n\r\n");
  }
  static std::string field(const std::string& answer, const std::string& name) {
    const size_t at = answer.find("\r\n" + name + ": ");
    if (at == answer.npos) return {};
    const size_t from = at + name.size() + 4;
    return answer.substr(from, answer.find("\r\n", from) - from);
  }

  std::string folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(AssetsTest);

}  // namespace
