// Connections that are made: which address, through which proxy, with whom TLS is good enough.
#include "net/outgoing.hpp"

#include <arpa/inet.h>
#include <cppunit/extensions/HelperMacros.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "net/listener.hpp"
#include "ph/text.hpp"
#include "setup/self_signed.hpp"

using namespace posthouse::net;
using std::chrono::milliseconds;

namespace {

// The other side: says hello, takes one line, says it back; STARTTLS when the line is "tls".
struct Server {
  ph_session* session = nullptr;
  static ph_protocol protocol() {
    ph_protocol p{};
    p.size = sizeof p;
    p.name = "echo";
    p.open = [](void*, ph_session* s, const ph_session_info*) -> void* { return new Server{s}; };
    p.run = [](void* self, uint32_t why) -> ph_next {
      auto& s = *static_cast<Server*>(self)->session->session;
      if (why & PH_WHY_SHUTDOWN) return PH_NEXT_CLOSE;
      if (why & PH_WHY_OPEN) s.write("hello\n");
      const size_t end = s.input().find('\n');
      if (end == std::string_view::npos) return PH_NEXT_READ;
      const std::string line(s.input().substr(0, end + 1));
      s.consume(end + 1);
      if (line == "tls\n" && s.startTls() == PH_OK) {
        s.write("go\n");
        return PH_NEXT_TLS;
      }
      s.write(line);
      return PH_NEXT_CLOSE;
    };
    p.close = [](void* self) { delete static_cast<Server*>(self); };
    return p;
  }
};

// Our side: what came is collected; with `tls` it asks for that first.
struct Caller {
  std::optional<ph_tls_client> tls;
  ph_session* session = nullptr;
  std::string got, failure;
  bool active = false, verified = false;
  std::promise<std::pair<ph_status, std::string>> over;

  ph_client client() {
    auto c = ph::sized<ph_client>();
    c.self = this;
    c.opened = [](void* self, ph_session* s, const ph_session_info*) { static_cast<Caller*>(self)->session = s; };
    c.run = [](void* self, uint32_t why) { return static_cast<Caller*>(self)->run(why); };
    c.closed = [](void* self, ph_status status, ph_str text) {
      static_cast<Caller*>(self)->over.set_value({status, std::string(ph::view(text))});
    };
    return c;
  }

  ph_next run(uint32_t why) {
    auto& s = *session->session;
    if (why & PH_WHY_TLS_FAILED) {
      failure = s.tlsError();
      return PH_NEXT_CLOSE;
    }
    got += s.input();
    s.consume(s.input().size());
    if (why & PH_WHY_EOF) return PH_NEXT_CLOSE;
    if (s.tls()) {
      active = true;
      verified = s.tls()->verified();
    }
    if (got == "hello\n" && tls) {
      s.write("tls\n");
      return PH_NEXT_READ;
    }
    if (got == "hello\ngo\n" && tls) {
      const ph_status status = s.connectTls(*tls);
      tls.reset();
      if (status == PH_OK) return PH_NEXT_TLS;
      failure = "refused " + std::to_string(status);
      return PH_NEXT_CLOSE;
    }
    if (got.ends_with("hello\n") && got.find("word") == std::string::npos && s.pending() == 0) s.write("word\n");
    return PH_NEXT_READ;
  }
};

class OutgoingTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OutgoingTest);
  CPPUNIT_TEST(connectsToTheNextAddress);
  CPPUNIT_TEST(nobodyIsThere);
  CPPUNIT_TEST(notAnAddress);
  CPPUNIT_TEST(silenceEndsInTime);
  CPPUNIT_TEST(opportunisticTls);
  CPPUNIT_TEST(strangersAreRefused);
  CPPUNIT_TEST(daneByKey);
  CPPUNIT_TEST(socks);
  CPPUNIT_TEST(endsWithItsPlugin);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    engine_ = std::make_unique<Engine>(2, 8);
    set_ = std::make_shared<Outgoings>(*engine_);
    folder_ = std::filesystem::temp_directory_path() / ("outgoing-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    certificate_ = folder_ / "c.pem";
    CPPUNIT_ASSERT(posthouse::setup::writeSelfSigned("mx.example.org", certificate_, folder_ / "k.pem").ok());
    CPPUNIT_ASSERT(certificates_.load({{{}, certificate_, folder_ / "k.pem"}}).ok());
    auto socket = ListenSocket::bind(*Address::parse("127.0.0.1:0"));
    auto l = Listener::open(*engine_, certificates_, std::move(*socket),
                            {"test", "echo", PH_TLS_STARTTLS, false, true, 100}, Server::protocol());
    CPPUNIT_ASSERT(l.ok());
    listener_ = *l;
  }
  void tearDown() override {
    listener_->close();
    listener_->tell(kWhyForce);
    for (int i = 0; i < 500 && listener_->connections() > 0; ++i) std::this_thread::sleep_for(milliseconds(5));
    listener_.reset();
    engine_.reset();
    std::filesystem::remove_all(folder_);
  }

  using Over = std::pair<ph_status, std::string>;
  Over call(Caller& caller, std::vector<std::string> addresses, uint16_t port = 0, std::string proxy = {},
            uint16_t proxyPort = 0, uint32_t ms = 5000) {
    std::vector<ph_str> list;
    for (const auto& a : addresses) list.push_back(ph::str(a));
    auto to = ph::sized<ph_connect_to>();
    to.addresses = list.data();
    to.address_count = list.size();
    to.port = port ? port : listener_->address().port();
    to.proxy = ph::str(proxy);
    to.proxy_port = proxyPort;
    to.timeout_ms = ms;
    auto over = caller.over.get_future();
    auto wanted = ConnectTo::from(to);
    if (!wanted) return {static_cast<ph_status>(wanted.error().kind), wanted.error().text};
    const auto id = set_->open(std::move(*wanted), caller.client());
    CPPUNIT_ASSERT(id.ok());
    CPPUNIT_ASSERT(over.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return over.get();
  }

  void connectsToTheNextAddress() {
    Caller caller;
    // Nobody listens on 127.0.0.9.
    CPPUNIT_ASSERT(Over(PH_OK, "") == call(caller, {"127.0.0.9", "127.0.0.1"}));
    CPPUNIT_ASSERT_EQUAL(std::string("hello\nword\n"), caller.got);
    CPPUNIT_ASSERT(!caller.active);
  }

  void nobodyIsThere() {
    Caller caller;
    const Over over = call(caller, {"127.0.0.9", "::1"});
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_E_TEMPORARY}, over.first);
    CPPUNIT_ASSERT(over.second.find("127.0.0.9:") != std::string::npos);
    CPPUNIT_ASSERT(over.second.find("[::1]:") != std::string::npos);
    CPPUNIT_ASSERT(over.second.find("Connection refused") != std::string::npos);
  }

  void notAnAddress() {
    Caller caller;
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_E_INVALID}, call(caller, {"mx.example.org"}).first);
  }

  void silenceEndsInTime() {
    // A backlog of none that is full takes no more connections: the kernel lets the third wait.
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t n = sizeof a;
    CPPUNIT_ASSERT_EQUAL(0, ::bind(fd, reinterpret_cast<sockaddr*>(&a), n));
    CPPUNIT_ASSERT_EQUAL(0, ::listen(fd, 0));
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &n);
    std::vector<int> fill;
    for (int i = 0; i < 3; ++i) {
      fill.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      (void)::connect(fill.back(), reinterpret_cast<sockaddr*>(&a), n);
    }
    Caller caller;
    const auto begun = Clock::now();
    const Over over = call(caller, {"127.0.0.1"}, ntohs(a.sin_port), {}, 0, 300);
    const auto took = Clock::now() - begun;
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_E_TEMPORARY}, over.first);
    CPPUNIT_ASSERT(over.second.find("timed out") != std::string::npos);
    CPPUNIT_ASSERT(took >= milliseconds(290));
    for (const int f : fill) ::close(f);
    ::close(fd);
  }

  void opportunisticTls() {
    Caller caller;
    caller.tls = ph::sized<ph_tls_client>();
    caller.tls->server_name = ph::str("mx.example.org");
    CPPUNIT_ASSERT(Over(PH_OK, "") == call(caller, {"127.0.0.1"}));
    CPPUNIT_ASSERT(caller.active && !caller.verified);
    CPPUNIT_ASSERT_EQUAL(std::string("hello\ngo\nhello\nword\n"), caller.got);
  }

  void strangersAreRefused() {
    Caller caller;
    const ph_str name = ph::str("mx.example.org");
    caller.tls = ph::sized<ph_tls_client>();
    caller.tls->verify = PH_TLS_VERIFY_PKIX;
    caller.tls->server_name = name;
    caller.tls->names = &name;
    caller.tls->name_count = 1;
    CPPUNIT_ASSERT(Over(PH_OK, "") == call(caller, {"127.0.0.1"}));
    CPPUNIT_ASSERT(!caller.active);
    CPPUNIT_ASSERT(caller.failure.find("self-signed") != std::string::npos);
  }

  // SHA-256 of the certificate's SubjectPublicKeyInfo, RFC 6698 2.1.2.
  std::string keyDigest() {
    FILE* f = std::fopen(certificate_.c_str(), "r");
    X509* x = PEM_read_X509(f, nullptr, nullptr, nullptr);
    std::fclose(f);
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    std::string out(32, '\0');
    EVP_Digest(der, static_cast<size_t>(size), reinterpret_cast<unsigned char*>(out.data()), nullptr, EVP_sha256(),
               nullptr);
    OPENSSL_free(der);
    X509_free(x);
    return out;
  }

  void daneByKey() {
    const ph_str name = ph::str("other.example.org");  // does not matter for usage 3
    const std::string good = std::string("\3\1\1", 3) + keyDigest();
    std::string bad = good;
    bad.back() = static_cast<char>(bad.back() ^ 1);
    const std::string useless = std::string("\1\1\1", 3) + keyDigest();
    struct Case {
      std::vector<std::string> records;
      bool verified;
      const char* failure;
    };
    const std::vector<Case> cases = {{{good}, true, ""},
                                     {{bad, good}, true, ""},
                                     {{useless, good}, true, ""},
                                     {{bad}, false, "no matching DANE"},
                                     {{useless}, false, "refused"}};
    for (const auto& c : cases) {
      Caller caller;
      std::vector<ph_str> records;
      for (const auto& r : c.records) records.push_back(ph::str(r));
      caller.tls = ph::sized<ph_tls_client>();
      caller.tls->verify = PH_TLS_VERIFY_DANE;
      caller.tls->server_name = name;
      caller.tls->names = &name;
      caller.tls->name_count = 1;
      caller.tls->records = records.data();
      caller.tls->record_count = records.size();
      CPPUNIT_ASSERT(Over(PH_OK, "") == call(caller, {"127.0.0.1"}));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(caller.failure, c.verified, caller.verified);
      CPPUNIT_ASSERT_MESSAGE(caller.failure, caller.failure.find(c.failure) != std::string::npos);
      CPPUNIT_ASSERT_EQUAL(*c.failure == '\0', caller.failure.empty());
    }
  }

  void socks() {
    // A proxy for one client: it takes the greeting, checks the request and goes on as the server would.
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t n = sizeof a;
    CPPUNIT_ASSERT_EQUAL(0, ::bind(fd, reinterpret_cast<sockaddr*>(&a), n));
    CPPUNIT_ASSERT_EQUAL(0, ::listen(fd, 1));
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &n);
    std::string request;
    std::thread proxy([&] {
      const int c = ::accept(fd, nullptr, nullptr);
      char buffer[300];
      ::recv(c, buffer, sizeof buffer, 0);
      ::send(c, "\5\0", 2, 0);
      const ssize_t size = ::recv(c, buffer, sizeof buffer, 0);
      request.assign(buffer, static_cast<size_t>(size));
      ::send(c, "\5\0\0\1\0\0\0\0\0\0hello\n", 16, 0);
      const ssize_t line = ::recv(c, buffer, sizeof buffer, 0);
      ::send(c, buffer, static_cast<size_t>(line), 0);
      ::close(c);
    });
    Caller caller;
    CPPUNIT_ASSERT(Over(PH_OK, "") == call(caller, {"mx.example.org"}, 25, "127.0.0.1", ntohs(a.sin_port)));
    proxy.join();
    ::close(fd);
    CPPUNIT_ASSERT_EQUAL(std::string("\5\1\0\3\16mx.example.org\0\31", 21), request);
    CPPUNIT_ASSERT_EQUAL(std::string("hello\nword\n"), caller.got);
  }

  void endsWithItsPlugin() {
    Caller caller;
    auto over = caller.over.get_future();
    auto to = ph::sized<ph_connect_to>();
    const ph_str address = ph::str("127.0.0.1");
    to.addresses = &address;
    to.address_count = 1;
    to.port = listener_->address().port();
    CPPUNIT_ASSERT(set_->open(*ConnectTo::from(to), caller.client()).ok());
    set_->close();
    set_->tell(kWhyForce);
    CPPUNIT_ASSERT(over.wait_for(std::chrono::seconds(5)) == std::future_status::ready);
    for (int i = 0; i < 500 && set_->engaged() > 0; ++i) std::this_thread::sleep_for(milliseconds(5));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, set_->engaged());
    CPPUNIT_ASSERT(!set_->open(*ConnectTo::from(to), caller.client()).ok());
  }

 private:
  std::filesystem::path folder_;
  std::string certificate_;
  Certificates certificates_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Outgoings> set_;
  std::shared_ptr<Listener> listener_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(OutgoingTest);

}  // namespace
