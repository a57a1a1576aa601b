// A server that breaks off after each octet of what it says, in every way there is, or says a wrong octet there: the
// attempt ends, nobody counts as delivered who was not confirmed, and who may have the message is marked.
#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "testkit/fake_host.hpp"

namespace {

using namespace ph::testkit;

enum class Way { Close, Break, Silence, WrongOctet };
constexpr const char* kWays[] = {"close", "break", "silence", "wrong octet"};

struct Shape {
  const char* name;
  std::vector<std::string> offers;
  bool lmtp = false;
  bool binary = false;
  bool login = false;
};

// An honest server until the octet at `limit`.
class Server {
 public:
  Server(Client& client, const Shape& shape, size_t limit, Way way)
      : client_(client), shape_(shape), limit_(limit), way_(way) {}

  void serve() {
    say("220-mx1.remote.example\r\n220 ready\r\n");
    while (client_.open && !over_) {
      if (client_.wantsTls) {
        client_.handshake();
      } else if (inMessage_) {
        if (!takeMessage()) return;
      } else if (!takeLine()) {
        return;
      }
    }
  }

  size_t said = 0;
  bool gotMessage = false;
  size_t confirmed = 0;  // recipients

 private:
  bool takeLine() {
    const size_t end = client_.output.find("\r\n");
    if (end == std::string::npos) return false;
    const std::string line = client_.output.substr(0, end);
    client_.output.erase(0, end + 2);
    const auto is = [&](const char* verb) { return line.rfind(verb, 0) == 0; };
    if (is("EHLO") || is("LHLO")) {
      std::string reply = "250-mx1.remote.example\r\n";
      for (const auto& offer : shape_.offers) {
        if (offer != "STARTTLS" || !client_.tlsActive) reply += "250-" + offer + "\r\n";
      }
      say(reply + "250 8BITMIME\r\n");
    } else if (is("STARTTLS")) {
      say("220 go\r\n");
    } else if (is("AUTH")) {
      say("334 PDE+\r\n");
    } else if (is("MAIL") || is("RSET")) {
      say("250 2.0.0 ok\r\n");
    } else if (is("RCPT")) {
      ++recipients_;
      say("250 2.1.5 ok\r\n");
    } else if (is("DATA")) {
      inMessage_ = true;
      say("354 go on\r\n");
    } else if (is("BDAT")) {
      inMessage_ = true;
      chunk_ = std::stoul(line.substr(5));
    } else if (is("QUIT")) {
      say("221 bye\r\n");
      client_.finish();
    } else {
      say("235 welcome\r\n");  // the answer to the challenge
    }
    return true;
  }

  bool takeMessage() {
    const size_t end = shape_.binary ? chunk_ : client_.output.find("\r\n.\r\n");
    const size_t size = shape_.binary ? chunk_ : end + 5;
    if (end == std::string::npos || client_.output.size() < size) return false;
    client_.output.erase(0, size);
    inMessage_ = false;
    gotMessage = true;
    for (size_t i = 0; i < (shape_.lmtp ? recipients_ : 1); ++i) {
      if (say("250-2.0.0 taken\r\n250 2.0.0 as 17\r\n")) confirmed = shape_.lmtp ? confirmed + 1 : recipients_;
    }
    return true;
  }

  // True: all of it was said.
  bool say(std::string bytes) {
    if (over_ || !client_.open) return false;
    if (said + bytes.size() <= limit_) {
      said += bytes.size();
      client_.send(bytes);
      return true;
    }
    if (way_ == Way::WrongOctet) {
      bytes[limit_ - said] = '\xff';
      said += bytes.size();
      limit_ = std::string::npos;
      client_.send(bytes);
      return true;
    }
    over_ = true;
    client_.send(bytes.substr(0, limit_ - said));
    if (way_ == Way::Close) client_.finish();
    if (way_ == Way::Break) client_.reset();
    return false;
  }

  Client& client_;
  const Shape& shape_;
  size_t limit_;
  const Way way_;
  bool over_ = false;
  bool inMessage_ = false;
  size_t chunk_ = 0;
  size_t recipients_ = 0;
};

class ClientLyingTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ClientLyingTest);
  CPPUNIT_TEST(plain);
  CPPUNIT_TEST(pipelined);
  CPPUNIT_TEST(tlsAndLogin);
  CPPUNIT_TEST(lmtp);
  CPPUNIT_TEST(chunk);
  CPPUNIT_TEST_SUITE_END();

 public:
  void plain() { all({"plain", {}}); }
  void pipelined() { all({"pipelined", {"PIPELINING", "SIZE 1000000"}}); }
  void tlsAndLogin() { all({"tls and login", {"STARTTLS", "AUTH CRAM-MD5"}, false, false, true}); }
  void lmtp() { all({"lmtp", {"PIPELINING"}, true}); }
  void chunk() { all({"chunk", {"PIPELINING", "CHUNKING", "BINARYMIME"}, false, true}); }

 private:
  void all(const Shape& shape) {
    FakeHost host;
    CPPUNIT_ASSERT(host.start(PH_BINARY_DIR "/plugins/smtp.so"));
    const size_t length = one(host, shape, std::string::npos, Way::Close);
    CPPUNIT_ASSERT(length > 100);
    for (const Way way : {Way::Close, Way::Break, Way::Silence, Way::WrongOctet}) {
      for (size_t limit = 0; limit < length; ++limit) one(host, shape, limit, way);
    }
  }

  // How much an honest server says.
  static size_t one(FakeHost& host, const Shape& shape, size_t limit, Way way) {
    const std::string where = std::string(shape.name) + ", " + kWays[static_cast<int>(way)] + " after " +
                              std::to_string(static_cast<long>(limit));
    Destination to;
    to.route = PH_ROUTE_HOST;
    to.host = "192.0.2.10";
    to.lmtp = shape.lmtp;
    if (shape.login) to.username = to.password = "tim";
    Delivery mail;
    mail.recipients = {{"a@remote.example"}, {"b@remote.example"}};
    if (shape.binary) mail.flags = PH_MAIL_BINARYMIME;
    ph_attempt& attempt = host.attempts.begin(host, "smtp", to, {mail});
    bool gotMessage = false;
    size_t confirmed = 0, said = 0;
    {
      auto peer = take(host);
      CPPUNIT_ASSERT_MESSAGE(where, peer);
      Client& client = peer->accept();
      Server server(client, shape, limit, way);
      server.serve();
      for (int i = 0; i < 10 && client.open; ++i) client.advance(600'000);
      CPPUNIT_ASSERT_MESSAGE(where + ": it hangs", !client.open);
      said = server.said;
      confirmed = server.confirmed;
      gotMessage = server.gotMessage;
    }
    while (const auto again = take(host)) again->refuse("no");
    host.runJobs();
    CPPUNIT_ASSERT_MESSAGE(where + ": not over", attempt.ended && !attempt.overall);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(where, size_t{2}, attempt.results.size());
    CPPUNIT_ASSERT_MESSAGE(where + ": " + (host.violations.empty() ? "" : host.violations[0]), host.violations.empty());
    CPPUNIT_ASSERT_EQUAL_MESSAGE(where, 0, host.messages);
    size_t delivered = 0;
    for (const auto& r : attempt.results) {
      if (r.outcome == PH_DELIVERED) ++delivered;
      const bool marked = (r.flags & PH_ATTEMPT_BODY_SENT) != 0;
      CPPUNIT_ASSERT_MESSAGE(where + ": marked without the message", gotMessage || !marked);
      if (way == Way::WrongOctet) continue;
      CPPUNIT_ASSERT_MESSAGE(where + ": " + r.text, r.outcome != PH_DELIVERY_PERMANENT);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where + ": " + r.text, gotMessage && r.outcome != PH_DELIVERED, marked);
    }
    if (way != Way::WrongOctet) CPPUNIT_ASSERT_EQUAL_MESSAGE(where, confirmed, delivered);
    CPPUNIT_ASSERT_MESSAGE(where + ": delivered without the message", gotMessage || delivered == 0);
    return said;
  }

  static std::unique_ptr<Peer> take(FakeHost& host) {
    host.runJobs();
    if (host.connections.waiting.empty()) return nullptr;
    auto peer = std::move(host.connections.waiting.front());
    host.connections.waiting.pop_front();
    return peer;
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClientLyingTest);

}  // namespace
