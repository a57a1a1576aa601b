#include "app/process_one/channel.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace posthouse::app {
namespace {

// Room for one descriptor, aligned as the kernel wants it.
union Control {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

ph::Error failed(const char* what) {
  return {ph::Kind::Temporary, std::string(what) + ": " + std::strerror(errno)};
}

}  // namespace

ph::Result<std::pair<Channel, Channel>> Channel::pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) return failed("socketpair");
  return std::pair{Channel(Descriptor(fds[0])), Channel(Descriptor(fds[1]))};
}

ph::Status Channel::send(const Message& message, int descriptor) const {
  std::string bytes = encode(message);
  if (bytes.size() > kMaxMessage) return ph::Error{ph::Kind::Limit, "the message is too long"};
  iovec part{bytes.data(), bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Control control{};
  if (descriptor >= 0) {
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    cmsghdr* c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(c), &descriptor, sizeof descriptor);
  }
  if (::sendmsg(socket_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return failed("send");
  return {};
}

Channel::Received Channel::receive(bool wait, bool takeDescriptor) const {
  Received out;
  std::string bytes(kMaxMessage, '\0');
  iovec part{bytes.data(), bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Control control{};
  if (takeDescriptor) {
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
  }
  ssize_t n = -1;
  do {
    n = ::recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  } while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return out;
  if (n <= 0) {
    out.what = Received::What::Ended;
    return out;
  }
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(c), sizeof fd);
    out.descriptor.reset(fd);
  }
  bytes.resize(static_cast<size_t>(n));
  auto message = header.msg_flags & MSG_TRUNC ? std::nullopt : decode(bytes);
  out.what = message ? Received::What::Message : Received::What::Garbage;
  if (message) out.message = std::move(*message);
  return out;
}

}  // namespace posthouse::app
