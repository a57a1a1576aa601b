#include "dns/exchange.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace posthouse::dns {
namespace {

using net::Clock;
using net::Park;
using Then = std::function<void(Heard)>;

// So many wrong datagrams in one exchange are an attack on it: the next try has another port and id. RFC 5452 9.3.
constexpr int kMaxForeign = 64;

Heard broken(std::string problem) {
  return {Heard::Kind::Broken, {}, std::move(problem)};
}

Heard unreachable() {
  return broken(std::string("can't be reached: ") + std::strerror(errno));
}

Heard read(std::string_view packet) {
  auto reply = parseReply(packet);
  if (!reply) return broken("sends what is no DNS message: " + reply.error().text);
  return {Heard::Kind::Reply, std::move(*reply), {}};
}

// The socket and the one call of `then`.
class Exchange : public net::Parked {
 public:
  Exchange(int fd, std::string query, Clock::time_point end, Then then)
      : fd_(fd), query_(std::move(query)), then_(std::move(then)) {
    setDeadline(end);
  }
  ~Exchange() override { ::close(fd_); }
  int fd() const override { return fd_; }

 protected:
  const std::string& query() const { return query_; }
  Then takeThen() { return std::exchange(then_, nullptr); }
  Park end(Heard heard) {
    if (const Then then = takeThen()) then(std::move(heard));
    return Park::Close;
  }
  Park systemError() { return end(unreachable()); }

 private:
  const int fd_;
  const std::string query_;
  Then then_;
};

// Connected, or on its way to be. -1: errno says why not.
int connected(const net::Address& server, int type) {
  const int fd = ::socket(server.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (::connect(fd, server.raw(), server.size()) == 0 || errno == EINPROGRESS) return fd;
  const int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

// Parks it, or ends it at once when the engine has no room.
template <class T>
void park(net::Engine& engine, const std::shared_ptr<T>& exchange) {
  if (!engine.add(exchange, engine.reserveId(), 0)) exchange->refused();
}

class TcpExchange final : public Exchange {
 public:
  TcpExchange(int fd, std::string query, Clock::time_point end, Then then)
      : Exchange(fd, std::move(query), end, std::move(then)) {
    // RFC 1035 4.2.2.
    const size_t size = this->query().size();
    out_ = {static_cast<char>(size >> 8), static_cast<char>(size & 255)};
    out_ += this->query();
  }

  void refused() { end(broken("no room for another connection")); }

  Park run(uint32_t why) override {
    if (why & net::kWhyTimeout) return end({});
    while (sent_ < out_.size()) {
      const ssize_t n = ::send(fd(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
      if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) return Park::Write;
      if (n < 0) return systemError();
      sent_ += static_cast<size_t>(n);
    }
    return receive();
  }

 private:
  Park receive() {
    std::array<char, 16384> buffer{};
    for (;;) {
      if (in_.size() >= 2) {
        const size_t size =
            static_cast<size_t>(static_cast<unsigned char>(in_[0])) << 8 | static_cast<unsigned char>(in_[1]);
        if (in_.size() >= 2 + size) return complete(std::string_view(in_).substr(2, size));
      }
      const ssize_t n = ::recv(fd(), buffer.data(), buffer.size(), 0);
      if (n < 0 && errno == EAGAIN) return Park::Read;
      if (n < 0) return systemError();
      if (n == 0) return end(broken("closes the connection without an answer"));
      in_.append(buffer.data(), static_cast<size_t>(n));
    }
  }

  Park complete(std::string_view packet) {
    if (match(query(), packet) == Match::No) return end(broken("answers another question over TCP"));
    if (isTruncated(packet)) return end(broken("cuts its answer off over TCP"));
    return end(read(packet));
  }

  std::string out_;
  size_t sent_ = 0;
  std::string in_;
};

class UdpExchange final : public Exchange {
 public:
  UdpExchange(net::Engine& engine, const net::Address& server, int fd, std::string query, Clock::time_point end,
              Clock::time_point tcpEnd, Then then)
      : Exchange(fd, std::move(query), end, std::move(then)), engine_(engine), server_(server), tcpEnd_(tcpEnd) {}

  void refused() { end(broken("no room for another question")); }

  Park run(uint32_t why) override {
    if (!sent_) {
      // A full buffer is as good as a lost datagram.
      if (::send(fd(), query().data(), query().size(), MSG_NOSIGNAL) < 0 && errno != EAGAIN) return systemError();
      sent_ = true;
    }
    std::array<char, 4096> buffer{};
    for (;;) {
      const ssize_t n = ::recv(fd(), buffer.data(), buffer.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno != EAGAIN) return systemError();
      if (n < 0) return why & net::kWhyTimeout ? end({}) : Park::Read;
      const std::string_view packet(buffer.data(), static_cast<size_t>(n));
      switch (match(query(), packet)) {
        case Match::No:
          if (++foreign_ > kMaxForeign) return end(broken("answers that fit no question keep coming from its address"));
          continue;
        case Match::OtherCase:
          return overTcp();
        case Match::Yes:
          return isTruncated(packet) ? overTcp() : end(read(packet));
      }
    }
  }

 private:
  Park overTcp() {
    const int fd = connected(server_, SOCK_STREAM);
    if (fd < 0) return systemError();
    park(engine_, std::make_shared<TcpExchange>(fd, query(), tcpEnd_, takeThen()));
    return Park::Close;
  }

  net::Engine& engine_;
  const net::Address server_;
  const Clock::time_point tcpEnd_;
  bool sent_ = false;
  int foreign_ = 0;
};

}  // namespace

void exchange(net::Engine& engine, const net::Address& server, const Question& question, bool edns,
              Clock::time_point udpEnd, Clock::time_point tcpEnd, Then then) {
  const int fd = connected(server, SOCK_DGRAM);
  if (fd < 0) return then(unreachable());
  park(engine,
       std::make_shared<UdpExchange>(engine, server, fd, randomQuery(question, edns), udpEnd, tcpEnd, std::move(then)));
}

}  // namespace posthouse::dns
