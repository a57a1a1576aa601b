// Connections through a real listener on loopback: what ph.session/1 promises a protocol.
#include "net/connection.hpp"

#include <arpa/inet.h>
#include <cppunit/extensions/HelperMacros.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "net/listener.hpp"

using namespace posthouse::net;
using std::chrono::milliseconds;

namespace {

// A protocol made of one function, so that each test says what its session does.
struct Script {
  std::function<ph_next(Session&, uint32_t why)> run;
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};

  ph_protocol protocol(uint32_t maxInput = 0) {
    ph_protocol p{};
    p.size = sizeof p;
    p.max_input = maxInput;
    p.name = "script";
    p.self = this;
    p.open = [](void* self, ph_session* s, const ph_session_info*) -> void* {
      auto* script = static_cast<Script*>(self);
      ++script->opened;
      return new std::pair<Script*, ph_session*>(script, s);
    };
    p.run = [](void* self, uint32_t why) -> ph_next {
      auto* pair = static_cast<std::pair<Script*, ph_session*>*>(self);
      return pair->first->run(*pair->second->session, why);
    };
    p.close = [](void* self) {
      auto* pair = static_cast<std::pair<Script*, ph_session*>*>(self);
      ++pair->first->closed;
      delete pair;
    };
    return p;
  }
};

class Client {
 public:
  explicit Client(const Address& to) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    CPPUNIT_ASSERT_EQUAL(0, ::connect(fd_, to.raw(), to.size()));
  }
  ~Client() { ::close(fd_); }
  void send(std::string_view text) {
    CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(text.size()), ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL));
  }
  // Reads until the end of the stream or `bytes`, at most 5 s between two pieces.
  std::string read(size_t bytes = static_cast<size_t>(-1)) {
    std::string out;
    char buffer[65536];
    while (out.size() < bytes) {
      pollfd p{fd_, POLLIN, 0};
      if (::poll(&p, 1, 5000) <= 0) return out + "<timeout>";
      const ssize_t n = ::recv(fd_, buffer, std::min(sizeof buffer, bytes - out.size()), 0);
      if (n <= 0) break;
      out.append(buffer, static_cast<size_t>(n));
    }
    return out;
  }
  void end() { ::shutdown(fd_, SHUT_WR); }

 private:
  int fd_;
};

class ConnectionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConnectionTest);
  CPPUNIT_TEST(echoesAndCloses);
  CPPUNIT_TEST(partialInputStays);
  CPPUNIT_TEST(fullBufferEndsTheSession);
  CPPUNIT_TEST(outputIsBounded);
  CPPUNIT_TEST(doneHoldsEverythingBack);
  CPPUNIT_TEST(earlyDoneIsNotLost);
  CPPUNIT_TEST(deadlines);
  CPPUNIT_TEST(sleepLeavesInput);
  CPPUNIT_TEST(wakes);
  CPPUNIT_TEST(lastReplyArrivesBeforeTheReset);
  CPPUNIT_TEST(manyWakesFromManyThreads);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { engine_ = std::make_unique<Engine>(2, 16); }
  void tearDown() override {
    if (listener_) {
      listener_->close();
      listener_->tell(kWhyForce);
      for (int i = 0; i < 500 && listener_->connections() > 0; ++i) std::this_thread::sleep_for(milliseconds(5));
      CPPUNIT_ASSERT_EQUAL(size_t{0}, listener_->connections());
      CPPUNIT_ASSERT_EQUAL(script_.opened.load(), script_.closed.load());
    }
    listener_.reset();
    engine_.reset();
  }

  // Sessions use the test's local variables: they must be gone before those are.
  void waitForEnd() {
    for (int i = 0; i < 1000 && script_.closed != script_.opened; ++i) std::this_thread::sleep_for(milliseconds(2));
  }

  void listen(uint32_t maxInput = 0) {
    auto socket = ListenSocket::bind(*Address::parse("127.0.0.1:0"));
    CPPUNIT_ASSERT(socket.ok());
    auto l = Listener::open(*engine_, certificates_, std::move(*socket),
                            {"test", "script", PH_TLS_NONE, false, true, 100}, script_.protocol(maxInput));
    CPPUNIT_ASSERT(l.ok());
    listener_ = *l;
  }

  void echoesAndCloses() {
    script_.run = [](Session& c, uint32_t why) -> ph_next {
      if (why & PH_WHY_EOF) return PH_NEXT_CLOSE;
      c.write(c.input());
      c.consume(c.input().size());
      return PH_NEXT_READ;
    };
    listen();
    Client client(listener_->address());
    client.send("hello");
    CPPUNIT_ASSERT_EQUAL(std::string("hello"), client.read(5));
    client.end();
    CPPUNIT_ASSERT_EQUAL(std::string(), client.read());
  }

  void partialInputStays() {
    script_.run = [](Session& c, uint32_t) -> ph_next {
      const size_t end = c.input().find('\n');
      if (end == std::string_view::npos) return PH_NEXT_READ;
      c.write("[" + std::string(c.input().substr(0, end)) + "]");
      c.consume(end + 1);
      return PH_NEXT_CLOSE;
    };
    listen();
    Client client(listener_->address());
    for (const char* piece : {"a", "b", "c", "d\nrest"}) {
      client.send(piece);
      std::this_thread::sleep_for(milliseconds(5));
    }
    CPPUNIT_ASSERT_EQUAL(std::string("[abcd]"), client.read());
  }

  void fullBufferEndsTheSession() {
    script_.run = [](Session&, uint32_t) -> ph_next { return PH_NEXT_READ; };
    listen(1000);
    Client client(listener_->address());
    client.send(std::string(1500, 'x'));
    CPPUNIT_ASSERT_EQUAL(std::string(), client.read());
  }

  void outputIsBounded() {
    std::atomic<size_t> accepted{0};
    std::atomic<size_t> most{0};
    script_.run = [&](Session& c, uint32_t why) -> ph_next {
      if (why & PH_WHY_EOF) return PH_NEXT_CLOSE;
      const std::string piece(64 * 1024, 'x');
      while (accepted < 20u * 1024 * 1024) {
        if (c.write(piece) != PH_OK) return PH_NEXT_WRITE;
        accepted += piece.size();
        most = std::max(most.load(), c.pending());
      }
      return PH_NEXT_CLOSE;
    };
    listen();
    Client client(listener_->address());
    std::this_thread::sleep_for(milliseconds(100));
    CPPUNIT_ASSERT(accepted < 20u * 1024 * 1024);  // a client that does not read holds it up
    CPPUNIT_ASSERT_EQUAL(size_t{20} * 1024 * 1024, client.read().size());
    CPPUNIT_ASSERT(most <= Connection::kMaxOutput + 64 * 1024);
    waitForEnd();
  }

  void doneHoldsEverythingBack() {
    std::atomic<Session*> parked{nullptr};
    std::atomic<int> runs{0};
    script_.run = [&](Session& c, uint32_t why) -> ph_next {
      ++runs;
      if (why & PH_WHY_DONE) {
        c.write("done");
        return PH_NEXT_CLOSE;
      }
      parked = &c;
      return PH_NEXT_DONE;
    };
    listen();
    auto client = std::make_unique<Client>(listener_->address());
    client->send("input while it works");
    for (int i = 0; i < 500 && !parked; ++i) std::this_thread::sleep_for(milliseconds(2));
    listener_->tell(PH_WHY_SHUTDOWN);
    listener_->tell(PH_WHY_WAKE);
    std::this_thread::sleep_for(milliseconds(50));
    CPPUNIT_ASSERT_EQUAL(1, runs.load());
    CPPUNIT_ASSERT_EQUAL(0, script_.closed.load());
    parked.load()->done();
    CPPUNIT_ASSERT_EQUAL(std::string("done"), client->read());
    waitForEnd();
    CPPUNIT_ASSERT_EQUAL(2, runs.load());
  }

  void earlyDoneIsNotLost() {
    script_.run = [](Session& c, uint32_t why) -> ph_next {
      if (why & PH_WHY_DONE) {
        c.write("x");
        return PH_NEXT_CLOSE;
      }
      c.done();  // the job was quicker than we were
      return PH_NEXT_DONE;
    };
    listen();
    for (int i = 0; i < 50; ++i) {
      Client client(listener_->address());
      CPPUNIT_ASSERT_EQUAL(std::string("x"), client.read());
    }
  }

  void deadlines() {
    script_.run = [](Session& c, uint32_t why) -> ph_next {
      if (why & PH_WHY_TIMEOUT) {
        c.write("late");
        return PH_NEXT_CLOSE;
      }
      c.consume(c.input().size());
      c.sessionDeadline(100);  // every input moves it
      return PH_NEXT_READ;
    };
    listen();
    Client client(listener_->address());
    const auto begun = Clock::now();
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(milliseconds(50));
      client.send("x");
    }
    CPPUNIT_ASSERT_EQUAL(std::string("late"), client.read());
    const auto took = Clock::now() - begun;
    CPPUNIT_ASSERT(took >= milliseconds(290) && took < milliseconds(1500));
  }

  // A sleeping session gets nothing until its deadline, then finds the input that waited; output goes on meanwhile.
  void sleepLeavesInput() {
    std::atomic<int> runs{0};
    script_.run = [&](Session& c, uint32_t why) -> ph_next {
      ++runs;
      if (why & PH_WHY_OPEN) {
        c.write("slow");
        c.sessionDeadline(200);
        return PH_NEXT_SLEEP;
      }
      if (c.input() != "early") return PH_NEXT_READ;
      c.write("done");
      return PH_NEXT_CLOSE;
    };
    listen();
    Client client(listener_->address());
    const auto begun = Clock::now();
    client.send("early");
    CPPUNIT_ASSERT_EQUAL(std::string("slow"), client.read(4));
    CPPUNIT_ASSERT(Clock::now() - begun < milliseconds(190));
    CPPUNIT_ASSERT_EQUAL(std::string("done"), client.read());
    CPPUNIT_ASSERT(Clock::now() - begun >= milliseconds(190));
    CPPUNIT_ASSERT(runs <= 3);
  }

  void wakes() {
    std::atomic<uint64_t> id{0};
    script_.run = [&](Session& c, uint32_t why) -> ph_next {
      id = c.engineId();
      if (!(why & PH_WHY_WAKE)) return PH_NEXT_READ;
      c.write("woken");
      return PH_NEXT_CLOSE;
    };
    listen();
    {
      Client client(listener_->address());
      for (int i = 0; i < 500 && id == 0; ++i) std::this_thread::sleep_for(milliseconds(2));
      CPPUNIT_ASSERT(engine_->wake(id, PH_WHY_WAKE));
      CPPUNIT_ASSERT_EQUAL(std::string("woken"), client.read());
    }
    for (int i = 0; i < 500 && listener_->connections() > 0; ++i) std::this_thread::sleep_for(milliseconds(2));
    CPPUNIT_ASSERT(!engine_->wake(id, PH_WHY_WAKE));
  }

  // The client still sends when we answer and close: without a graceful end the kernel's reset would eat the answer.
  void lastReplyArrivesBeforeTheReset() {
    script_.run = [](Session& c, uint32_t why) -> ph_next {
      if (!(why & PH_WHY_INPUT)) return PH_NEXT_READ;
      c.write("500 too long\r\n");
      return PH_NEXT_CLOSE;
    };
    listen();
    for (int i = 0; i < 10; ++i) {
      Client client(listener_->address());
      client.send(std::string(1'000'000, 'x'));
      CPPUNIT_ASSERT_EQUAL(std::string("500 too long\r\n"), client.read());
    }
  }

  void manyWakesFromManyThreads() {
    std::atomic<uint64_t> id{0};
    std::atomic<int> inside{0};
    std::atomic<bool> overlapped{false};
    std::atomic<int> woken{0};
    script_.run = [&](Session& c, uint32_t why) -> ph_next {
      if (inside.fetch_add(1) != 0) overlapped = true;
      id = c.engineId();
      if (why & PH_WHY_WAKE) ++woken;
      inside.fetch_sub(1);
      return why & PH_WHY_EOF ? PH_NEXT_CLOSE : PH_NEXT_READ;
    };
    listen();
    Client client(listener_->address());
    for (int i = 0; i < 500 && id == 0; ++i) std::this_thread::sleep_for(milliseconds(2));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20000; ++i) engine_->wake(id, PH_WHY_WAKE);
      });
    }
    for (auto& t : threads) t.join();
    const int before = woken;
    engine_->wake(id, PH_WHY_WAKE);  // the last one must not be lost, however many were joined
    for (int i = 0; i < 500 && woken == before; ++i) std::this_thread::sleep_for(milliseconds(2));
    CPPUNIT_ASSERT(woken > 0);
    CPPUNIT_ASSERT(!overlapped);
    client.end();
    waitForEnd();
  }

 private:
  Script script_;
  Certificates certificates_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Listener> listener_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionTest);

}  // namespace
