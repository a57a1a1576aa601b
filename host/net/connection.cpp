#include "net/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/in_plugin.hpp"
#include "log/log.hpp"
#include "net/listener.hpp"
#include "net/public_id.hpp"
#include "ph/text.hpp"

namespace posthouse::net {
namespace {
const log::Log kLog("net");
constexpr auto kProxyTime = std::chrono::seconds(10);
constexpr auto kHandshakeTime = std::chrono::seconds(60);
constexpr auto kFlushTime = std::chrono::seconds(30);
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr size_t kLingerBytes = 4 * 1024 * 1024;
constexpr int kTurns = 32;
constexpr int kMaxLoginFailures = 10;
constexpr size_t kFairInput = 4096;  // what a connection may always keep
constexpr size_t kReadChunk = 64 * 1024;

char* readBuffer() {
  thread_local std::array<char, kReadChunk> buffer;
  return buffer.data();
}
}  // namespace

Connection::Connection(Engine& engine, std::shared_ptr<Listener> listener, int fd, Address remote, Address local,
                       uint64_t id, Limits::Share limits)
    : engine_(engine),
      listener_(std::move(listener)),
      fd_(fd),
      remote_(remote),
      local_(local),
      remoteIp_(remote.ip()),
      localIp_(local.ip()),
      id_(id),
      phase_(Phase::Open),
      limits_(std::move(limits)) {
  handle_.connection = this;
  if (listener_->options().proxyProtocol) {
    proxy_ = std::make_unique<ProxyReader>();
    phase_ = Phase::Proxy;
    setDeadline(Clock::now() + kProxyTime);
  } else if (listener_->options().tls == PH_TLS_IMPLICIT) {
    beginTls();
  }
}

Connection::~Connection() {
  closeSession();
  tls_.reset();
  ::close(fd_);
  listener_->forget(id_);
}

void Connection::beginTls() {
  const auto& certificates = listener_->certificates();
  const bool ask = listener_->asksForCertificates() && certificates.wantsClientCertificates();
  tls_ = std::make_unique<TlsStream>(fd_, certificates.context(), ask);
  phase_ = Phase::Handshake;
  setDeadline(Clock::now() + kHandshakeTime);
}

const ListenerOptions& Connection::options() const {
  return listener_->options();
}

Park Connection::run(uint32_t why) {
  if (why & kWhyForce) forced_ = true;
  pendingWhy_ |= why & 0xFFFF & ~kWhyForce;
  if (forced_ && !(next_ == PH_NEXT_DONE && session_ && !(pendingWhy_ & PH_WHY_DONE))) {
    closeSession();
    return Park::Close;
  }
  switch (phase_) {
    case Phase::Proxy:
      return runProxy(why);
    case Phase::Handshake:
      return runHandshake(why);
    case Phase::Open:
    case Phase::Running:
      return runSession(why);
    case Phase::Flush:
      return runFlush(why);
    case Phase::Linger:
      return runLinger(why);
  }
  return Park::Close;
}

Park Connection::runProxy(uint32_t why) {
  if (why & kWhyTimeout) {
    listener_->refused(id_, remoteIp_, "proxy.timeout");
    return Park::Close;
  }
  const ProxyHeader header = proxy_->read(fd_);
  if (header.state == ProxyHeader::State::More) return Park::Read;
  if (header.state == ProxyHeader::State::Invalid) {
    if (!proxy_->silent()) listener_->refused(id_, remoteIp_, "proxy.invalid");
    return Park::Close;
  }
  proxy_.reset();
  setDeadline(std::nullopt);
  if (header.state == ProxyHeader::State::Client) {
    const std::string proxy = remote_.text();
    remote_ = header.source;
    local_ = header.destination;
    remoteIp_ = remote_.ip();
    localIp_ = local_.ip();
    kLog.debug("client of a proxy", {{"cid", std::to_string(id_)}, {"remote", remote_.text()}, {"proxy", proxy}});
    if (const auto rule = limits_.admit(listener_->options().name, remote_); !rule.empty()) {
      listener_->refused(id_, remoteIp_, rule);
      const char* busy = listener_->protocol().busy;
      if (busy && listener_->options().tls != PH_TLS_IMPLICIT) write(busy);
      return endSession();
    }
  }
  if (listener_->options().tls == PH_TLS_IMPLICIT) {
    beginTls();
    return runHandshake(0);
  }
  phase_ = Phase::Open;
  return runSession(0);
}

Park Connection::runHandshake(uint32_t why) {
  if (why & kWhyTimeout) {
    kLog.info("TLS handshake timed out", {{"cid", std::to_string(id_)}, {"remote", remoteIp_}});
    closeSession();
    return Park::Close;
  }
  switch (tls_->handshake()) {
    case Io::Done:
      break;
    case Io::WantRead:
      return Park::Read;
    case Io::WantWrite:
      return Park::Write;
    default:
      kLog.info("TLS handshake failed",
                {{"cid", std::to_string(id_)}, {"remote", remoteIp_}, {"error", tls_->error()}});
      closeSession();
      return Park::Close;
  }
  setDeadline(std::nullopt);
  if (session_) {
    pendingWhy_ |= PH_WHY_TLS | PH_WHY_OPEN;
    next_ = PH_NEXT_READ;
    phase_ = Phase::Running;
  } else {
    phase_ = Phase::Open;
  }
  return runSession(0);
}

bool Connection::openSession() {
  info_ = ph::sized<ph_session_info>();
  const auto& options = listener_->options();
  info_.tls_mode = options.tls;
  info_.id = id_;
  info_.listener = ph::str(options.name);
  info_.remote_ip = ph::str(remoteIp_);
  info_.local_ip = ph::str(localIp_);
  info_.remote_port = remote_.port();
  info_.local_port = local_.port();
  info_.plaintext_login = options.plaintextLogin ? 1 : 0;
  if (options.publicIds) publicId_ = options.publicIds->encode(id_);
  info_.public_id = ph::str(publicId_);
  const ph_protocol& p = listener_->protocol();
  const InPlugin inside(listener_->options().plugin.c_str());
  session_ = p.open(p.self, &handle_, &info_);
  pendingWhy_ |= PH_WHY_OPEN;
  phase_ = Phase::Running;
  return session_ != nullptr;
}

Park Connection::runSession(uint32_t why) {
  if (phase_ == Phase::Open && !openSession()) return Park::Close;
  if (sessionDeadline_ && Clock::now() >= *sessionDeadline_) {
    pendingWhy_ |= PH_WHY_TIMEOUT;
    sessionDeadline_.reset();
  }
  const ph_protocol& p = listener_->protocol();
  bool mayRead = true;
  (void)why;
  for (int turn = 0; turn < kTurns; ++turn) {
    if (next_ == PH_NEXT_DONE && !(pendingWhy_ & PH_WHY_DONE)) {
      // The session belongs to its job; only output may move.
      if (!broken_ && flush() == Io::Failed) broken_ = true;
      return !broken_ && pending() > 0 ? Park::Write : Park::Nothing;
    }
    if (!broken_ && flush() == Io::Failed) broken_ = true;
    if (broken_) {
      closeSession();
      return Park::Close;
    }
    const bool urgent = (pendingWhy_ & (PH_WHY_TIMEOUT | PH_WHY_SHUTDOWN)) != 0;
    if (next_ == PH_NEXT_WRITE) {
      if (pending() == 0) {
        pendingWhy_ |= PH_WHY_WRITABLE;
      } else if (!urgent) {
        return park(Park::Write);
      }
    } else if (next_ == PH_NEXT_TLS) {
      if (pending() > 0) return park(Park::Write);
      in_.clear();
      inStart_ = 0;
      beginTls();
      return runHandshake(0);
    } else if (next_ == PH_NEXT_SLEEP) {
      tlsWantsWrite_ = false;  // of a read that is tried again after the sleep; waiting for input now would spin
      if (!urgent) return park(pending() > 0 ? Park::Write : Park::Nothing);
    } else if (next_ == PH_NEXT_READ && mayRead) {
      if (overBudget()) return endSession();
      if (fill(&mayRead)) pendingWhy_ |= PH_WHY_INPUT;
      if (eof_ && !eofTold_) pendingWhy_ |= PH_WHY_EOF;
    }
    const uint32_t reasons = std::exchange(pendingWhy_, 0u);
    if (reasons == 0) {
      if (received_ && !answered_) acknowledge();
      return park(pending() > 0 ? Park::ReadWrite : Park::Read);
    }
    if (reasons & PH_WHY_EOF) eofTold_ = true;
    const size_t before = input().size();
    {
      const InPlugin inside(listener_->options().plugin.c_str());
      next_ = p.run(session_, reasons);
    }
    const bool stuck = next_ == PH_NEXT_READ && input().size() >= maxInput() && input().size() == before;
    const bool endless = next_ == PH_NEXT_SLEEP && !sessionDeadline_;  // nothing would ever end this sleep
    if (next_ == PH_NEXT_CLOSE || (next_ == PH_NEXT_READ && eofTold_) || next_ < 0 || next_ > PH_NEXT_SLEEP || stuck ||
        endless) {
      return endSession();
    }
  }
  return Park::Again;
}

// Clients that send a literal in two small pieces hold the second back until the first is acknowledged (RFC 896), and
// the kernel waits 40 ms for an answer to carry the acknowledgement. When we have none to give, it should not wait.
void Connection::acknowledge() {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  received_ = false;
}

// Before parking: nothing that is empty keeps memory.
Park Connection::park(Park how) {
  if (inStart_ == in_.size()) {
    std::string().swap(in_);
    inStart_ = 0;
  }
  if (outStart_ == out_.size()) {
    std::string().swap(out_);
    outStart_ = 0;
  }
  share_.set(in_.capacity() + out_.capacity());
  if (broken_) how = Park::Close;
  if (tlsWantsWrite_) how = Park::ReadWrite;
  setDeadline(sessionDeadline_);
  return how;
}

Park Connection::endSession() {
  closeSession();
  phase_ = Phase::Flush;
  setDeadline(Clock::now() + kFlushTime);
  return runFlush(0);
}

void Connection::closeSession() {
  if (void* s = std::exchange(session_, nullptr)) {
    const InPlugin inside(listener_->options().plugin.c_str());
    listener_->protocol().close(s);
  }
  if (std::exchange(engaged_, false)) listener_->disengage();
}

Park Connection::runFlush(uint32_t why) {
  if ((why & kWhyTimeout) || flush() == Io::Failed) return Park::Close;
  if (pending() > 0) return Park::Write;
  if (tls_) tls_->shutdown();
  ::shutdown(fd_, SHUT_WR);
  if (eof_) return Park::Close;
  // Closing with unread input would make the kernel send a reset, which can overtake our last reply.
  phase_ = Phase::Linger;
  setDeadline(Clock::now() + kLingerTime);
  return runLinger(0);
}

Park Connection::runLinger(uint32_t why) {
  if (why & kWhyTimeout) return Park::Close;
  for (;;) {
    const ssize_t n = ::recv(fd_, readBuffer(), kReadChunk, 0);
    if (n > 0 && (lingered_ += static_cast<size_t>(n)) < kLingerBytes) continue;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Park::Read;
    return Park::Close;
  }
}

// When memory is short, those who make it short go first: clients that keep more than a little unanswered.
bool Connection::overBudget() {
  if (input().size() <= kFairInput || !MemoryBudget::get().exhausted()) return false;
  listener_->refused(id_, remoteIp_, "memory");
  if (const char* busy = listener_->protocol().busy) write(busy);
  return true;
}

uint32_t Connection::maxInput() const {
  const uint32_t m = listener_->protocol().max_input;
  return m ? m : kDefaultMaxInput;
}

bool Connection::fill(bool* mayRead) {
  bool grew = false;
  tlsWantsWrite_ = false;
  if (inStart_ > 0) {
    in_.erase(0, inStart_);
    inStart_ = 0;
  }
  while (!eof_ && in_.size() < maxInput()) {
    const size_t room = std::min<size_t>(kReadChunk, maxInput() - in_.size());
    size_t count = 0;
    if (tls_) {
      switch (tls_->read(readBuffer(), room, &count)) {
        case Io::Done:
          break;
        case Io::WantWrite:
          tlsWantsWrite_ = true;
          [[fallthrough]];
        case Io::WantRead:
          *mayRead = false;
          return grew;
        case Io::Closed:
          eof_ = true;
          continue;
        case Io::Failed:
          eof_ = true;
          broken_ = true;
          continue;
      }
    } else {
      const ssize_t n = ::recv(fd_, readBuffer(), room, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        *mayRead = false;
        return grew;
      }
      if (n <= 0) {
        eof_ = true;
        broken_ = n < 0;
        continue;
      }
      count = static_cast<size_t>(n);
      if (count < room) *mayRead = false;  // the socket is empty; epoll will tell
    }
    in_.append(readBuffer(), count);
    share_.set(in_.capacity() + out_.capacity());
    grew = true;
    received_ = true;
    answered_ = false;
    if (!*mayRead) return grew;
  }
  return grew;
}

Io Connection::flush() {
  while (pending() > 0) {
    const std::string_view rest = std::string_view(out_).substr(outStart_);
    size_t count = 0;
    if (tls_) {
      const Io io = tls_->write(rest.data(), std::min<size_t>(rest.size(), 64 * 1024), &count);
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

ph_status Connection::consume(size_t n) {
  if (n > input().size()) return PH_E_INVALID;
  inStart_ += n;
  return PH_OK;
}

ph_status Connection::write(std::string_view data) {
  if (broken_) return PH_E_CANCELLED;
  if (pending() >= kMaxOutput) return PH_E_LIMIT;
  out_.append(data);
  share_.set(in_.capacity() + out_.capacity());
  answered_ = true;
  return PH_OK;
}

void Connection::sessionDeadline(uint32_t ms) {
  if (ms == 0) {
    sessionDeadline_.reset();
  } else {
    sessionDeadline_ = Clock::now() + std::chrono::milliseconds(ms);
  }
}

ph_status Connection::startTls() {
  if (listener_->options().tls != PH_TLS_STARTTLS || listener_->certificates().empty()) return PH_E_UNAVAILABLE;
  if (tls_ || !input().empty()) return PH_E_CONFLICT;
  return PH_OK;
}

ph_status Connection::hold(size_t bytes) {
  held_.set(bytes);
  if (bytes <= kFairInput || !MemoryBudget::get().exhausted()) return PH_OK;
  listener_->refused(id_, remoteIp_, "memory");
  return PH_E_LIMIT;
}

ph_status Connection::login(std::string_view account) {
  std::string rule;
  if (account.empty()) {
    rule = limits_.loginFailed();
    if (++loginFailures_ >= kMaxLoginFailures && rule.empty()) rule = "login_failures.connection";
  } else {
    rule = limits_.logIn(account);
    loginFailures_ = 0;
  }
  if (!rule.empty()) {
    listener_->refused(id_, remoteIp_, rule);
    return PH_E_LIMIT;
  }
  account_ = account;
  return PH_OK;
}

void Connection::done() {
  engine_.wake(id_, PH_WHY_DONE);
}

}  // namespace posthouse::net
