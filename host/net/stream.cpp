#include "net/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace posthouse::net {

char* readBuffer() {
  thread_local std::array<char, kReadChunk> buffer;
  return buffer.data();
}

Stream::~Stream() {
  reset(-1);
}

void Stream::reset(int fd) {
  tls_.reset();
  deflate_.reset();
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
  in_.clear();
  out_.clear();
  inStart_ = outStart_ = 0;
  eof_ = broken_ = wantsWrite_ = received_ = answered_ = false;
}

void Stream::startTls(std::unique_ptr<TlsStream> tls) {
  // What came in plain text before the handshake is nobody's.
  in_.clear();
  inStart_ = 0;
  tls_ = std::move(tls);
}

bool Stream::startCompression() {
  if (deflate_) return false;
  deflate_ = std::make_unique<DeflateStream>();
  deflate_->feed(input());
  in_.clear();
  inStart_ = 0;
  return true;
}

// True: input() grew.
bool Stream::inflate(size_t limit) {
  const size_t before = in_.size();
  if (!deflate_->inflate(limit - before, in_)) eof_ = broken_ = true;
  account();
  return in_.size() > before;
}

bool Stream::consume(size_t n) {
  if (n > input().size()) return false;
  inStart_ += n;
  return true;
}

// False: nothing came, or nothing ever will.
bool Stream::receive(size_t room, size_t* count, bool* mayRead) {
  if (tls_) {
    switch (tls_->read(readBuffer(), room, count)) {
      case Io::Done:
        return true;
      case Io::WantWrite:
        wantsWrite_ = true;
        [[fallthrough]];
      case Io::WantRead:
        *mayRead = false;
        return false;
      case Io::Closed:
        eof_ = true;
        return false;
      case Io::Failed:
        eof_ = broken_ = true;
        return false;
    }
  }
  ssize_t n = 0;
  do {
    n = ::recv(fd_, readBuffer(), room, 0);
  } while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    *mayRead = false;
    return false;
  }
  if (n <= 0) {
    eof_ = true;
    broken_ = n < 0;
    return false;
  }
  *count = static_cast<size_t>(n);
  if (*count < room) *mayRead = false;  // the socket is empty; epoll will tell
  return true;
}

bool Stream::fill(size_t limit, bool* mayRead) {
  bool grew = false;
  wantsWrite_ = false;
  if (inStart_ > 0) {
    in_.erase(0, inStart_);
    inStart_ = 0;
  }
  while (in_.size() < limit && !broken_) {
    if (deflate_ && deflate_->hasInput() && inflate(limit)) {
      grew = true;
      continue;
    }
    if (eof_ || !*mayRead) break;
    size_t count = 0;
    if (!receive(std::min(kReadChunk, limit - in_.size()), &count, mayRead)) break;
    received_ = true;
    answered_ = false;
    if (deflate_) {
      deflate_->feed({readBuffer(), count});
      continue;
    }
    in_.append(readBuffer(), count);
    account();
    grew = true;
  }
  // What was received and waits for room is as good as a socket that is not empty.
  if (deflate_ && deflate_->hasInput()) *mayRead = true;
  return grew;
}

void Stream::write(std::string_view data) {
  if (!deflate_) {
    out_.append(data);
  } else if (!deflate_->compress(data, out_)) {
    broken_ = true;
  }
  account();
  answered_ = true;
}

Io Stream::flush() {
  while (pending() > 0) {
    const std::string_view rest = std::string_view(out_).substr(outStart_);
    size_t count = 0;
    if (tls_) {
      const Io io = tls_->write(rest.data(), std::min(rest.size(), kReadChunk), &count);
      if (io == Io::WantRead || io == Io::WantWrite) return io;
      if (io != Io::Done) return Io::Failed;
    } else {
      const ssize_t n = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Io::WantWrite;
      if (n < 0) return Io::Failed;
      count = static_cast<size_t>(n);
    }
    outStart_ += count;
  }
  out_.clear();
  outStart_ = 0;
  return Io::Done;
}

void Stream::shutdown() {
  if (tls_) tls_->shutdown();
  ::shutdown(fd_, SHUT_WR);
}

// Clients that send a literal in two small pieces hold the second back until the first is acknowledged (RFC 896), and
// the kernel waits 40 ms for an answer to carry the acknowledgement. When we have none to give, it should not wait.
void Stream::acknowledge() {
  if (!received_ || answered_) return;
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  received_ = false;
}

void Stream::shrink() {
  if (inStart_ == in_.size()) {
    std::string().swap(in_);
    inStart_ = 0;
  }
  if (outStart_ == out_.size()) {
    std::string().swap(out_);
    outStart_ = 0;
    if (deflate_) deflate_->rest();
  }
  account();
}

}  // namespace posthouse::net
