// What browsers send, and sessions over time.
#include <cppunit/extensions/HelperMacros.h>
#include <unistd.h>

#include <filesystem>

#include "http/origin.hpp"
#include "web/cookie.hpp"
#include "web/pages.hpp"
#include "web/sessions.hpp"

using namespace posthouse;
using namespace posthouse::web;

namespace {

constexpr int64_t kNow = 1'800'000'000;

struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path = "/tmp/web-test-" + std::to_string(::getpid());
};

http::Fields cookies(std::vector<std::string> values) {
  http::Fields f;
  for (const auto& v : values) f.add("cookie", v);
  return f;
}

class WebTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WebTest);
  CPPUNIT_TEST(readsCookies);
  CPPUNIT_TEST(readsForms);
  CPPUNIT_TEST(staysHere);
  CPPUNIT_TEST(knowsOrigins);
  CPPUNIT_TEST(ends);
  CPPUNIT_TEST(keeps);
  CPPUNIT_TEST(isBounded);
  CPPUNIT_TEST_SUITE_END();

 public:
  void readsCookies() {
    CPPUNIT_ASSERT(cookie(cookies({"a=1; b=2;c=3"}), "b") == "2");
    CPPUNIT_ASSERT(cookie(cookies({"a=1", " b = 2 ; b=4=5"}), "b") == "4=5");
    CPPUNIT_ASSERT(cookie(cookies({"b="}), "b") == "");
    CPPUNIT_ASSERT(cookie(cookies({"b=1; b=1"}), "b") == "1");
    CPPUNIT_ASSERT(!cookie(cookies({"b=1", "b=2"}), "b"));
    CPPUNIT_ASSERT(!cookie(cookies({"B=1; ab=1; b; =b"}), "b"));
    CPPUNIT_ASSERT(!cookie(cookies({}), "b"));
  }

  void readsForms() {
    const auto f = form("a=b+c&d=%41%c3%a4&e&=x&&");
    CPPUNIT_ASSERT(f && f->at("a") == "b c" && f->at("d") == "A\xc3\xa4" && f->at("e").empty() && f->at("") == "x");
    for (const char* bad : {"a=1&a=2", "a=%4", "a=%zz", "a=%ff", "%=1"}) CPPUNIT_ASSERT_MESSAGE(bad, !form(bad));
    std::string many;
    for (int i = 0; i < 300; ++i) many += "k" + std::to_string(i) + "=1&";
    CPPUNIT_ASSERT(!form(many));
  }

  void staysHere() {
    for (const char* good : {"/", "/a?b=c#d", "/a//b"}) CPPUNIT_ASSERT_EQUAL(std::string(good), localPath(good));
    for (const char* bad :
         {"", "a", "//evil.example", "/\\evil.example", "http://evil.example", "/a\r\nb", "/a b", "\\/x"})
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, std::string("/"), localPath(bad));
    CPPUNIT_ASSERT_EQUAL(std::string("&quot;&gt;&lt;a &amp; b&#39;"), escapedHtml("\"><a & b'"));
    const std::string html = page("login.html", {{"user", "U{{next}}"}, {"next", "N"}});
    CPPUNIT_ASSERT(html.find("value=\"U{{next}}\"") != html.npos && html.find("value=\"N\"") != html.npos);
    CPPUNIT_ASSERT(html.find("{{style}}") == html.npos && page("none.html", {}).empty());
    for (const char* name : {"login.html", "home.html", "menu.html", "form.html"}) {
      CPPUNIT_ASSERT_MESSAGE(name, file(name).find("<script") == std::string_view::npos);
      CPPUNIT_ASSERT_MESSAGE(name, file(name).find("lang=\"en\"") != std::string_view::npos);
    }
  }

  void knowsOrigins() {
    const auto same = [](const char* origin, const char* site) {
      http::RequestHead head;
      head.host = *http::parseAuthority("Mail.example:8443");
      if (origin) head.fields.add("origin", origin);
      if (site) head.fields.add("sec-fetch-site", site);
      return http::sameOrigin(head);
    };
    CPPUNIT_ASSERT(same(nullptr, nullptr) && same("https://mail.example:8443", "same-origin") && same(nullptr, "none"));
    for (const char* bad : {"null", "", "https://mail.example", "https://mail.example:8444", "https://a.example:8443",
                            "mail.example:8443", "https://mail.example:8443@evil.example"})
      CPPUNIT_ASSERT_MESSAGE(bad, !same(bad, nullptr));
    CPPUNIT_ASSERT(!same(nullptr, "cross-site") && !same("https://mail.example:8443", "same-site"));
  }

  std::unique_ptr<Sessions> open(int64_t now) {
    auto s = Sessions::open(
        vfs_, folder_.path + "/s.db", [this](const std::string&) { return credential_; }, now);
    CPPUNIT_ASSERT(s.ok());
    return std::move(*s);
  }

  void ends() {
    auto sessions = open(kNow);
    Session plain, powerful;
    plain.account = "ann";
    powerful.account = "ada";
    powerful.powerful = true;
    const auto one = *sessions->begin(plain, kNow), two = *sessions->begin(powerful, kNow);
    CPPUNIT_ASSERT(one.size() == 64 && one != two);
    CPPUNIT_ASSERT(sessions->find(two, kNow + Sessions::kPowerfulIdle - 1));
    CPPUNIT_ASSERT(!sessions->find(one.substr(1), kNow) && !sessions->find("", kNow));
    // Used every half hour: until the absolute end.
    for (int64_t t = kNow; t < kNow + Sessions::kPowerfulLife; t += 1800) CPPUNIT_ASSERT(sessions->find(two, t));
    CPPUNIT_ASSERT(!sessions->find(two, kNow + Sessions::kPowerfulLife));
    CPPUNIT_ASSERT(!sessions->find(one, kNow + Sessions::kIdle));
    for (int64_t t = kNow; t < kNow + Sessions::kLife; t += 80'000) (void)sessions->find(one, t);
    CPPUNIT_ASSERT(!sessions->find(one, kNow + Sessions::kLife));
    sessions->sweep(kNow + Sessions::kLife);
    CPPUNIT_ASSERT(sessions->list({}, 0).empty());
  }

  void keeps() {
    std::string one, two;
    {
      auto sessions = open(kNow);
      Session s;
      s.account = "ann";
      s.remoteIp = "192.0.2.1";
      one = *sessions->begin(s, kNow);
      two = *sessions->begin(s, kNow);
      (void)sessions->find(one, kNow + 4000);
      sessions->sweep(kNow + 4000);
      CPPUNIT_ASSERT(sessions->end(sessions->find(two, kNow)->id, "bob").error().kind == ph::Kind::NotFound);
    }
    {
      auto sessions = open(kNow + 4000);
      CPPUNIT_ASSERT_EQUAL(int64_t{kNow + 4000}, sessions->find(one, kNow + 4000)->used);
      CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.1"), sessions->find(two, kNow + 4000)->remoteIp);
      // The one that changes the password stays, also over a restart.
      credential_ = "new";
      sessions->endAll("ann", sessions->find(one, kNow + 4000)->id);
      CPPUNIT_ASSERT(!sessions->find(two, kNow + 4000));
    }
    CPPUNIT_ASSERT(open(kNow + 4000)->find(one, kNow + 4000));
    credential_ = "newer";
    CPPUNIT_ASSERT(!open(kNow + 4000)->find(one, kNow + 4000));
    credential_ = "new";
    CPPUNIT_ASSERT(!open(kNow + 4000)->find(one, kNow + 4000));
  }

  void isBounded() {
    auto sessions = open(kNow);
    Session s;
    s.account = "ann";
    const auto first = *sessions->begin(s, kNow);
    std::string second;
    for (size_t i = 1; i <= Sessions::kMaxOfAccount; ++i) {
      const auto made = *sessions->begin(s, kNow + static_cast<int64_t>(i));
      if (i == 1) second = made;
    }
    CPPUNIT_ASSERT_EQUAL(Sessions::kMaxOfAccount, sessions->list("ann", kNow + 100).size());
    CPPUNIT_ASSERT(!sessions->find(first, kNow + 100) && sessions->find(second, kNow + 100));
  }

 private:
  Folder folder_;
  db::Vfs vfs_{env::posix()};
  std::string credential_ = "old";
};

CPPUNIT_TEST_SUITE_REGISTRATION(WebTest);

}  // namespace
