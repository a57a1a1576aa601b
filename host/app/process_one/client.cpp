#include "app/process_one/client.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "app/process_one/child.hpp"
#include "log/log.hpp"

namespace posthouse::app {
namespace {

const log::Log kLog("process-one");
constexpr size_t kMaxFile = 1024 * 1024;

}  // namespace

ph::Result<ProcessOne> ProcessOne::attach() {
  const ph::Error alone{ph::Kind::Invalid, "the worker is started by 'posthouse serve', not by hand"};
  int type = 0;
  socklen_t n = sizeof type;
  if (::getsockopt(kChannelFd, SOL_SOCKET, SO_TYPE, &type, &n) != 0 || type != SOCK_SEQPACKET) return alone;
  ::fcntl(kChannelFd, F_SETFD, FD_CLOEXEC);
  ProcessOne out;
  out.channel_ = Channel(Descriptor(kChannelFd));
  const auto hello = out.channel_.receive(true, false);
  const auto& texts = hello.message.texts;
  if (hello.what != Channel::Received::What::Message || hello.message.type != MessageType::Hello || texts.size() < 2) {
    return alone;
  }
  out.restarts_ = std::strtoull(texts[0].c_str(), nullptr, 10);
  out.mayBeRoot_ = texts[1] == "root";
  out.quarantined_.insert(texts.begin() + 2, texts.end());
  return out;
}

void ProcessOne::tell(const Message& message) const {
  if (auto s = channel_.send(message); !s) kLog.error("process one does not listen", {{"reason", s.error().text}});
}

ph::Result<Descriptor> ProcessOne::ask(const Message& message) const {
  if (auto s = channel_.send(message); !s) return s.error();
  auto got = channel_.receive(true, true);
  if (got.what == Channel::Received::What::Message && got.message.type == MessageType::Granted && got.descriptor) {
    return std::move(got.descriptor);
  }
  if (got.what == Channel::Received::What::Message && got.message.type == MessageType::Refused &&
      got.message.texts.size() == 2) {
    const auto kind = static_cast<ph::Kind>(std::strtol(got.message.texts[0].c_str(), nullptr, 10));
    return ph::Error{kind, got.message.texts[1]};
  }
  return ph::Error{ph::Kind::Unavailable, "process one is gone"};
}

ph::Result<net::ListenSocket> ProcessOne::bind(const std::string& listener, const std::string& address) const {
  auto fd = ask({MessageType::Bind, {listener, address}});
  if (!fd) return fd.error();
  return net::ListenSocket::adopt(fd->release());
}

ph::Result<std::string> ProcessOne::read(const std::string& path) const {
  const auto fd = ask({MessageType::Open, {path}});
  if (!fd) return fd.error();
  std::string out;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(fd->get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ph::Error{ph::Kind::Temporary, path + ": " + std::strerror(errno)};
    if (n == 0) return out;
    out.append(buffer, static_cast<size_t>(n));
    if (out.size() > kMaxFile) return ph::Error{ph::Kind::Limit, path + ": larger than a certificate can be"};
  }
}

}  // namespace posthouse::app
