#include "net/proxy_reader.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace posthouse::net {

ProxyHeader ProxyReader::read(int fd) {
  std::array<char, kMaxProxyHeader> buffer;
  for (;;) {
    const size_t before = header_.size();
    ssize_t n = ::recv(fd, buffer.data(), kMaxProxyHeader - before, MSG_PEEK);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
    if (n <= 0) return {ProxyHeader::State::Invalid, 0, {}, {}};
    header_.append(buffer.data(), static_cast<size_t>(n));
    const ProxyHeader parsed = parseProxyHeader(header_);
    if (parsed.state == ProxyHeader::State::Invalid) return parsed;
    // Peeked bytes are there, so this takes them all; left there, an incomplete header would wake us again at once.
    const size_t take = parsed.state == ProxyHeader::State::More ? static_cast<size_t>(n) : parsed.size - before;
    do {
      n = ::recv(fd, buffer.data(), take, 0);
    } while (n < 0 && errno == EINTR);
    if (n != static_cast<ssize_t>(take)) return {ProxyHeader::State::Invalid, 0, {}, {}};
    if (parsed.state != ProxyHeader::State::More) return parsed;
  }
}

}  // namespace posthouse::net
