#include "net/listen_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace posthouse::net {
namespace {

constexpr int kBacklog = 1024;
constexpr auto kRetry = std::chrono::milliseconds(10);

ph::Error failed(const char* what, const Address& address) {
  return {ph::Kind::Temporary, std::string(what) + " " + address.text() + ": " + std::strerror(errno)};
}

Address boundTo(int fd) {
  sockaddr_storage bound{};
  socklen_t n = sizeof bound;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &n);
  return {reinterpret_cast<sockaddr*>(&bound), n};
}

}  // namespace

ph::Result<ListenSocket> ListenSocket::bind(const Address& address, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  ListenSocket s(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), address);
  if (s.fd_ < 0) return failed("socket for", address);
  const int on = 1;
  setsockopt(s.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6) setsockopt(s.fd_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  while (::bind(s.fd_, address.raw(), address.size()) != 0) {
    if (errno != EADDRINUSE || std::chrono::steady_clock::now() >= end) return failed("bind", address);
    std::this_thread::sleep_for(kRetry);
  }
  if (::listen(s.fd_, kBacklog) != 0) return failed("listen on", address);
  s.address_ = boundTo(s.fd_);
  return s;
}

ph::Result<ListenSocket> ListenSocket::adopt(int fd) {
  ListenSocket s(fd, boundTo(fd));
  if (!s.listening()) return ph::Error{ph::Kind::Invalid, "the descriptor does not listen"};
  return s;
}

ListenSocket::~ListenSocket() {
  if (fd_ >= 0) ::close(fd_);
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), address_(other.address_) {}

ListenSocket& ListenSocket::operator=(ListenSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(address_, other.address_);
  return *this;
}

ph::Result<ListenSocket> ListenSocket::duplicate() const {
  ListenSocket s(::fcntl(fd_, F_DUPFD_CLOEXEC, 0), address_);
  if (s.fd_ < 0) return failed("descriptor for", address_);
  return s;
}

bool ListenSocket::listening() const {
  int on = 0;
  socklen_t n = sizeof on;
  return getsockopt(fd_, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on != 0;
}

void ListenSocket::shutdown() const {
  ::shutdown(fd_, SHUT_RDWR);
}

}  // namespace posthouse::net
