// A server for tests on a loopback port, UDP and TCP, that does what the test says: right, wrong, late or nothing.
// Threads: one of its own, which calls the script.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "net/address.hpp"

namespace posthouse::dns::test {

class LyingServer {
 public:
  struct Asked {
    std::string query;
    bool tcp = false;
    std::function<void(const std::string&)> answer;     // as often as wanted over UDP, once over TCP
    std::function<void(const std::string&)> answerRaw;  // over TCP: without the length
    std::function<void(const std::string&)> elsewhere;  // over UDP, from another port
    int number = 0;                                     // from 1
  };
  using Script = std::function<void(const Asked&)>;

  explicit LyingServer(Script script) : script_(std::move(script)) {
    // The same number for both; one that is free for the first may be taken for the second.
    for (int tries = 0; tcp_ < 0 && tries < 100; ++tries) {
      ::close(udp_);
      udp_ = bound(SOCK_DGRAM, 0);
      tcp_ = bound(SOCK_STREAM, port());
    }
    other_ = bound(SOCK_DGRAM, 0);
    if (tcp_ < 0 || ::listen(tcp_, 16) != 0) throw std::runtime_error("no free port");
    thread_ = std::thread([this] { serve(); });
  }
  ~LyingServer() {
    stopping_ = true;
    thread_.join();
    for (const int fd : {udp_, tcp_, other_}) ::close(fd);
  }

  net::Address address() const { return *net::Address::parse("127.0.0.1:" + std::to_string(port())); }
  int asked() const { return asked_; }
  int askedOverTcp() const { return overTcp_; }

 private:
  static int bound(int type, uint16_t port) {
    const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    const int yes = 1;
    if (type == SOCK_STREAM) ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0) return fd;
    ::close(fd);
    return -1;
  }
  uint16_t port() const {
    sockaddr_in a{};
    socklen_t n = sizeof a;
    ::getsockname(udp_, reinterpret_cast<sockaddr*>(&a), &n);
    return ntohs(a.sin_port);
  }

  void serve() {
    while (!stopping_) {
      pollfd fds[] = {{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}};
      if (::poll(fds, 2, 20) <= 0) continue;
      if (fds[0].revents) datagram();
      if (fds[1].revents) connection();
    }
  }

  void datagram() {
    char buffer[4096];
    sockaddr_in from{};
    socklen_t n = sizeof from;
    const ssize_t got = ::recvfrom(udp_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &n);
    if (got < 0) return;
    const auto sender = [from](int fd) {
      return [fd, from](const std::string& packet) {
        ::sendto(fd, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&from), sizeof from);
      };
    };
    script_({std::string(buffer, static_cast<size_t>(got)), false, sender(udp_), {}, sender(other_), ++asked_});
  }

  void connection() {
    const int fd = ::accept(tcp_, nullptr, nullptr);
    if (fd < 0) return;
    unsigned char size[2];
    if (::recv(fd, size, 2, MSG_WAITALL) == 2) {
      std::string query(static_cast<size_t>(size[0] << 8 | size[1]), '\0');
      if (::recv(fd, query.data(), query.size(), MSG_WAITALL) == static_cast<ssize_t>(query.size())) {
        const auto raw = [fd](const std::string& bytes) { ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); };
        ++overTcp_;
        script_({query,
                 true,
                 [raw](const std::string& packet) {
                   raw({static_cast<char>(packet.size() >> 8), static_cast<char>(packet.size() & 255)});
                   raw(packet);
                 },
                 raw,
                 {},
                 ++asked_});
      }
    }
    ::close(fd);
  }

  const Script script_;
  int udp_ = -1, tcp_ = -1, other_ = -1;
  std::atomic<int> asked_{0};
  std::atomic<int> overTcp_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace posthouse::dns::test
