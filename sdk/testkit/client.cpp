// One connection to the plugin, as the host would drive it.
#include "testkit/fake_host.hpp"

namespace ph::testkit {

Client::Client(FakeHost& h, const std::string& protocol, int tlsMode, bool plaintextLogin, const char* remoteIp,
               const char* publicId)
    : host(h),
      tlsActive(tlsMode == PH_TLS_IMPLICIT),
      info(ph::sized<ph_session_info>()),
      protocol_(h.protocols.at(protocol)),
      remoteIp_(remoteIp) {
  info.public_id = ph::str(publicId);
  info.plaintext_login = plaintextLogin;
  begin(tlsMode);
}

Client::Client(FakeHost& h, const ph_protocol& protocol, std::optional<TlsAsked> implicitTls,
               const std::string& remoteIp)
    : host(h),
      tlsActive(implicitTls.has_value()),
      tlsAsked(std::move(implicitTls)),
      info(ph::sized<ph_session_info>()),
      protocol_(protocol),
      remoteIp_(remoteIp) {
  begin(tlsActive ? PH_TLS_IMPLICIT : PH_TLS_NONE);
}

void Client::begin(int tlsMode) {
  info.tls_mode = tlsMode;
  info.id = 7;
  while (host.clients.contains(info.id)) ++info.id;
  host.clients.emplace(info.id, this);
  info.listener = ph::str("test");
  info.remote_ip = ph::str(remoteIp_);
  info.local_ip = ph::str(remoteIp_.find(':') == std::string::npos ? "192.0.2.1" : "2001:db8::1");
  handle_.client = this;
  self_ = protocol_.open(protocol_.self, &handle_, &info);
  why_ = PH_WHY_OPEN;
  pump();
}

Client::~Client() {
  end();
}

void Client::end() {
  host.clients.erase(info.id);
  if (self_) protocol_.close(std::exchange(self_, nullptr));
  open = false;
}

void Client::pump() {
  while (self_) {
    if (next_ == PH_NEXT_TLS) {
      wantsTls = true;
      return;
    }
    if (next_ == PH_NEXT_DONE && !doneFlag) {
      if (host.runOneJob()) continue;
      return;
    }
    if (std::exchange(doneFlag, false)) why_ |= PH_WHY_DONE;
    if (next_ == PH_NEXT_WRITE && unsent == 0) why_ |= PH_WHY_WRITABLE;
    if (next_ == PH_NEXT_WRITE) why_ &= ~PH_WHY_INPUT;
    if (next_ == PH_NEXT_SLEEP && !(why_ & (PH_WHY_TIMEOUT | PH_WHY_SHUTDOWN))) return;  // what came is kept
    if (!why_) return;
    ++runs;
    next_ = protocol_.run(self_, std::exchange(why_, 0u));
    if (next_ < PH_NEXT_READ || next_ > PH_NEXT_SLEEP) {
      host.violations.push_back("run answers " + std::to_string(next_) + ", which is no PH_NEXT_*");
      return end();
    }
    if (next_ == PH_NEXT_CLOSE || (next_ == PH_NEXT_READ && eof_)) return end();
  }
}

void Client::send(std::string_view bytes) {
  if (!open) return;
  input += bytes;
  why_ |= PH_WHY_INPUT;
  pump();
  host.deliverWakes();
}

void Client::handshake() {
  wantsTls = false;
  tlsActive = true;
  next_ = PH_NEXT_READ;
  why_ |= PH_WHY_OPEN | PH_WHY_TLS;
  pump();
}

void Client::failHandshake(const std::string& why) {
  wantsTls = false;
  tlsFailure = why;
  if (self_) (void)protocol_.run(self_, PH_WHY_TLS_FAILED);
  end();
}

void Client::reset() {
  if (open) end();
}

void Client::advance(uint32_t ms) {
  host.nowMs += ms;
  if (deadlineAt == 0 || host.nowMs < deadlineAt) return;
  deadlineAt = 0;
  why_ |= PH_WHY_TIMEOUT;
  pump();
}

void Client::wake() {
  why_ |= PH_WHY_WAKE;
  pump();
}

void Client::shutdown() {
  why_ |= PH_WHY_SHUTDOWN;
  pump();
}

void Client::finish() {
  if (!open) return;
  eof_ = true;
  why_ |= PH_WHY_EOF;
  pump();
}

void Client::unstall() {
  stalled = false;
  unsent = 0;
  pump();
}

}  // namespace ph::testkit
