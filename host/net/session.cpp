#include "net/session.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "ph/text.hpp"

namespace posthouse::net {
namespace {
constexpr auto kHandshakeTime = std::chrono::seconds(60);
constexpr auto kFlushTime = std::chrono::seconds(30);
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr size_t kLingerBytes = 4 * 1024 * 1024;
constexpr int kTurns = 32;
constexpr size_t kFairInput = 4096;  // what a session may always keep
}  // namespace

Session::Session(Engine& engine, int fd, uint64_t id) : engine_(engine), stream_(fd), id_(id) {
  handle_.session = this;
}

void Session::setPeers(const Address& remote, const Address& local) {
  remote_ = remote;
  local_ = local;
  remoteIp_ = remote.ip();
  localIp_ = local.ip();
}

ph_session_info Session::info() const {
  auto info = ph::sized<ph_session_info>();
  info.id = id_;
  info.remote_ip = ph::str(remoteIp_);
  info.local_ip = ph::str(localIp_);
  info.remote_port = remote_.port();
  info.local_port = local_.port();
  return info;
}

Park Session::run(uint32_t why) {
  if (why & kWhyForce) forced_ = true;
  if (why & kWhyHangup) hangup_ = true;
  // While the session belongs to its job, only what was asked for may run.
  if (next_ == PH_NEXT_DONE && open_ && !outputOnly_ && (why & ~(kWhyReady | kWhyHangup)) == 0) return Park::Nothing;
  pendingWhy_ |= why & 0xFFFF & ~kWhyForce;
  if (forced_ && !(next_ == PH_NEXT_DONE && open_ && !(pendingWhy_ & PH_WHY_DONE))) {
    closeSession();
    return Park::Close;
  }
  switch (phase_) {
    case Phase::Own:
      return runOwn(why);
    case Phase::Handshake:
      return runHandshake(why);
    case Phase::Open:
    case Phase::Running:
      return runSession();
    case Phase::Flush:
      return runFlush(why);
    case Phase::Linger:
      return runLinger(why);
  }
  return Park::Close;
}

void Session::beginTls() {
  stream_.startTls(newTls());
  phase_ = Phase::Handshake;
  setDeadline(Clock::now() + kHandshakeTime);
}

Park Session::toSession() {
  if (phase_ == Phase::Handshake) return runHandshake(0);
  setDeadline(std::nullopt);
  phase_ = Phase::Open;
  return runSession();
}

Park Session::runHandshake(uint32_t why) {
  if (why & kWhyTimeout) return handshakeEnded("timed out");
  switch (stream_.tls()->handshake()) {
    case Io::Done:
      return handshakeEnded({});
    case Io::WantRead:
      return Park::Read;
    case Io::WantWrite:
      return Park::Write;
    case Io::Closed:
      return handshakeEnded("the peer closed the connection");
    case Io::Failed:
      break;
  }
  return handshakeEnded(stream_.tls()->error());
}

Park Session::handshakeEnded(const std::string& error) {
  setDeadline(std::nullopt);
  phase_ = open_ ? Phase::Running : Phase::Open;
  if (!error.empty()) {
    tlsError_ = error;
    stream_.setBroken();
    if (!handshakeFailed(error) || !open_) {
      closeSession();
      return Park::Close;
    }
    next_ = call(PH_WHY_TLS_FAILED);
    closeSession();
    return Park::Close;
  }
  if (open_) {
    pendingWhy_ |= PH_WHY_TLS | PH_WHY_OPEN;
    next_ = PH_NEXT_READ;
  }
  return runSession();
}

Park Session::runSession() {
  if (phase_ == Phase::Open) {
    pendingWhy_ |= PH_WHY_OPEN;
    phase_ = Phase::Running;
    open_ = open();
    if (!open_) return Park::Close;
  }
  if (sessionDeadline_ && Clock::now() >= *sessionDeadline_) {
    pendingWhy_ |= PH_WHY_TIMEOUT;
    sessionDeadline_.reset();
  }
  bool mayRead = true;
  for (int turn = 0; turn < kTurns; ++turn) {
    if (!stream_.broken() && stream_.flush() == Io::Failed) stream_.setBroken();
    if (next_ == PH_NEXT_DONE && !(pendingWhy_ & PH_WHY_DONE)) {
      // The session belongs to its job; only output may move.
      outputOnly_ = !stream_.broken() && pending() > 0;
      return outputOnly_ ? Park::Write : Park::Nothing;
    }
    if (stream_.broken()) {
      closeSession();
      return Park::Close;
    }
    const bool urgent = (pendingWhy_ & (PH_WHY_TIMEOUT | PH_WHY_SHUTDOWN)) != 0;
    if (next_ == PH_NEXT_WRITE || next_ == kNextWriteOrWake) {
      if (pending() == 0) {
        pendingWhy_ |= PH_WHY_WRITABLE;
      } else if (!urgent && !(next_ == kNextWriteOrWake && (pendingWhy_ & PH_WHY_WAKE))) {
        return park(Park::Write);
      }
    } else if (next_ == PH_NEXT_TLS) {
      if (pending() > 0) return park(Park::Write);
      beginTls();
      return runHandshake(0);
    } else if (next_ == PH_NEXT_SLEEP || next_ == kNextAwait) {
      stream_.forgetWant();  // waiting for it now would spin
      const bool woken = next_ == kNextAwait && (pendingWhy_ & PH_WHY_WAKE) != 0;
      if (!urgent && !woken) return park(pending() > 0 ? Park::Write : Park::Nothing);
    } else if (next_ == PH_NEXT_READ && mayRead) {
      // When memory is short, those who make it short go first: peers that keep more than a little unanswered.
      if (input().size() > kFairInput && MemoryBudget::get().exhausted()) {
        overBudget();
        return endSession();
      }
      if (stream_.fill(maxInput(), &mayRead)) pendingWhy_ |= PH_WHY_INPUT;
      if (stream_.eof() && !eofTold_) pendingWhy_ |= PH_WHY_EOF;
    }
    const uint32_t reasons = std::exchange(pendingWhy_, 0u);
    if (reasons == 0) {
      stream_.acknowledge();
      if (pending() > 0) return park(Park::ReadWrite);
      return park(keepsDescriptor_ && !mayRead && !hangup_ ? Park::ReadEmpty : Park::Read);
    }
    if (reasons & PH_WHY_EOF) eofTold_ = true;
    const size_t before = input().size();
    next_ = call(reasons);
    const bool stuck = next_ == PH_NEXT_READ && input().size() >= maxInput() && input().size() == before;
    const bool known = next_ >= 0 && (next_ <= PH_NEXT_SLEEP || next_ == kNextAwait || next_ == kNextWriteOrWake);
    // Nothing would ever end this sleep.
    const bool endless = (next_ == PH_NEXT_SLEEP || next_ == kNextAwait) && !sessionDeadline_;
    if (next_ == PH_NEXT_CLOSE || (next_ == PH_NEXT_READ && eofTold_) || !known || stuck || endless) {
      return endSession();
    }
  }
  return Park::Again;
}

// Before parking: nothing that is empty keeps memory.
Park Session::park(Park how) {
  stream_.shrink();
  if (stream_.broken()) how = Park::Close;
  if (stream_.wantsWrite()) how = Park::ReadWrite;
  setDeadline(sessionDeadline_);
  return how;
}

Park Session::endSession() {
  closeSession();
  phase_ = Phase::Flush;
  setDeadline(Clock::now() + kFlushTime);
  return runFlush(0);
}

void Session::closeSession() {
  if (std::exchange(engaged_, false)) closed();
  open_ = false;
}

Park Session::runFlush(uint32_t why) {
  if ((why & kWhyTimeout) || stream_.flush() == Io::Failed) return Park::Close;
  if (pending() > 0) return Park::Write;
  stream_.shutdown();
  if (stream_.eof()) return Park::Close;
  // Closing with unread input would make the kernel send a reset, which can overtake our last words.
  phase_ = Phase::Linger;
  setDeadline(Clock::now() + kLingerTime);
  return runLinger(0);
}

Park Session::runLinger(uint32_t why) {
  if (why & kWhyTimeout) return Park::Close;
  for (;;) {
    const ssize_t n = ::recv(stream_.fd(), readBuffer(), kReadChunk, 0);
    if (n > 0 && (lingered_ += static_cast<size_t>(n)) < kLingerBytes) continue;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Park::Read;
    return Park::Close;
  }
}

ph_status Session::write(std::string_view data) {
  if (stream_.broken()) return PH_E_CANCELLED;
  if (pending() >= kMaxOutput) return PH_E_LIMIT;
  stream_.write(data);
  return PH_OK;
}

void Session::sessionDeadline(uint32_t ms) {
  if (ms == 0) {
    sessionDeadline_.reset();
  } else {
    sessionDeadline_ = Clock::now() + std::chrono::milliseconds(ms);
  }
}

ph_status Session::hold(size_t bytes) {
  held_.set(bytes);
  if (bytes <= kFairInput || !MemoryBudget::get().exhausted()) return PH_OK;
  overBudget();
  return PH_E_LIMIT;
}

ph_status Session::compress() {
  if (stream_.broken()) return PH_E_CANCELLED;
  return stream_.startCompression() ? PH_OK : PH_E_CONFLICT;
}

void Session::done() {
  engine_.wake(id_, PH_WHY_DONE);
}

}  // namespace posthouse::net
