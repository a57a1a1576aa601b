// Which route answers: by what it says of host, path, listener and method, whatever the order.
#include "http/router.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>

using namespace posthouse::http;

namespace {

Route route(const char* name, const char* path, bool prefix = false, const char* host = "", const char* listener = "",
            uint32_t methods = kGet) {
  Route r;
  r.path = path;
  r.prefix = prefix;
  r.host = host;
  r.listener = listener;
  r.methods = methods;
  r.plugin = name;
  r.owner = name;
  r.handler = std::make_shared<HandlerFunction>([](Exchange&) { return ph::Status(); });
  return r;
}

Request request(const char* path, const char* method = "GET", const char* host = "x", const char* listener = "web") {
  Request r;
  r.head.method = method;
  r.head.target.path = path;
  r.head.host.host = host;
  r.listener = listener;
  return r;
}

class RouterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RouterTest);
  CPPUNIT_TEST(chooses);
  CPPUNIT_TEST(methods);
  CPPUNIT_TEST(refuses);
  CPPUNIT_TEST(removes);
  CPPUNIT_TEST_SUITE_END();

 public:
  void chooses() {
    std::vector<Route> routes = {route("root", "/", true),
                                 route("a", "/a"),
                                 route("below", "/a/", true),
                                 route("deep", "/a/b/", true),
                                 route("here", "/a/", true, "", "inner"),
                                 route("host", "/", true, "Host.Example")};
    struct {
      const char *path, *host, *listener, *wanted;
    } const kTable[] = {
        {"/", "x", "web", "root"},        {"/c", "x", "web", "root"},
        {"/a", "x", "web", "a"},          {"/ab", "x", "web", "root"},
        {"/a/", "x", "web", "below"},     {"/a/b", "x", "web", "below"},
        {"/a/b/c", "x", "web", "deep"},   {"/a/c", "x", "inner", "here"},
        {"/a/b/c", "x", "inner", "deep"}, {"/a", "host.example", "web", "host"},
    };
    std::sort(routes.begin(), routes.end(), [](const auto& a, const auto& b) { return a.plugin < b.plugin; });
    do {
      Router router;
      for (const auto& r : routes) CPPUNIT_ASSERT(router.add(r).ok());
      for (const auto& t : kTable) {
        const auto m = router.find(request(t.path, "GET", t.host, t.listener));
        CPPUNIT_ASSERT_MESSAGE(t.path, m.route != nullptr);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(t.path, std::string(t.wanted), m.route->plugin);
      }
    } while (std::next_permutation(routes.begin(), routes.end(),
                                   [](const auto& a, const auto& b) { return a.plugin < b.plugin; }));
  }

  void methods() {
    Router router;
    CPPUNIT_ASSERT(router.add(route("root", "/", true, "", "", kGet | kPost)).ok());
    CPPUNIT_ASSERT(router.add(route("get", "/a")).ok());
    CPPUNIT_ASSERT(router.add(route("put", "/a", false, "", "", kPut)).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("get"), router.find(request("/a", "HEAD")).route->plugin);
    CPPUNIT_ASSERT_EQUAL(std::string("put"), router.find(request("/a", "PUT")).route->plugin);
    // The less specific one does not answer for it.
    const auto m = router.find(request("/a", "POST"));
    CPPUNIT_ASSERT(!m.route);
    CPPUNIT_ASSERT_EQUAL(std::string("GET, HEAD, PUT"), m.allow);
    CPPUNIT_ASSERT(!router.find(request("/a", "get")).route);
    CPPUNIT_ASSERT(router.find(request("/b", "POST")).route != nullptr);
  }

  void refuses() {
    Router router;
    for (const char* path : {"", "a", "/a/../b", "/%61/..", "/a b/\n", "/\\"})
      CPPUNIT_ASSERT_MESSAGE(path, router.add(route("x", path)).error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(router.add(route("x", "/a", true)).error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(router.add(route("x", "/a", false, "a:80")).error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(router.add(route("x", "/a", false, "", "", 0)).error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(router.add(route("x", "/a")).ok());
    CPPUNIT_ASSERT(router.add(route("y", "/a", false, "", "", kGet | kPost)).error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT(router.add(route("y", "/a", false, "", "", kPost)).ok());
    CPPUNIT_ASSERT(router.add(route("y", "/a", false, "h")).ok());
    CPPUNIT_ASSERT(router.add(route("z", "/a", false, "H.")).error().kind == ph::Kind::Conflict);
  }

  void removes() {
    Router router;
    const char *one = "one", *two = "two";
    CPPUNIT_ASSERT(router.add(route(one, "/", true)).ok());
    CPPUNIT_ASSERT(router.add(route(two, "/a")).ok());
    const auto running = router.find(request("/a"));
    router.remove(two);
    CPPUNIT_ASSERT_EQUAL(std::string("one"), router.find(request("/a")).route->plugin);
    CPPUNIT_ASSERT_EQUAL(std::string("two"), running.route->plugin);  // who has it keeps it
    CPPUNIT_ASSERT(router.add(route(two, "/a")).ok());
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RouterTest);

}  // namespace
