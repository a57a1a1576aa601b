#include "net/connection.hpp"

#include <ctime>

#include "base/in_plugin.hpp"
#include "log/log.hpp"
#include "net/listener.hpp"
#include "net/public_id.hpp"
#include "net/roster.hpp"
#include "net/unix_socket.hpp"
#include "ph/text.hpp"

namespace posthouse::net {
namespace {
const log::Log kLog("net");
constexpr auto kProxyTime = std::chrono::seconds(10);
constexpr int kMaxLoginFailures = 10;
}  // namespace

Connection::Connection(Engine& engine, std::shared_ptr<Listener> listener, int fd, const Address& remote,
                       const Address& local, uint64_t id, Limits::Share limits)
    : Session(engine, fd, id), listener_(std::move(listener)), limits_(std::move(limits)) {
  keepsDescriptor_ = true;
  setPeers(remote, local);
  if (remote.family() == AF_UNIX) setPeerName("unix:" + std::to_string(peerUser(fd)));
  if (listener_->options().proxyProtocol) {
    proxy_ = std::make_unique<ProxyReader>();
    setDeadline(Clock::now() + kProxyTime);
  }
}

Connection::~Connection() {
  closeSession();
  stream_.reset(-1);
  if (const auto& roster = listener_->options().roster) roster->remove(id());
  listener_->forget(id());
}

const ListenerOptions* Connection::listenerOptions() const {
  return &listener_->options();
}

Park Connection::runOwn(uint32_t why) {
  const ListenerOptions& options = listener_->options();
  if (proxy_) {
    if (why & kWhyTimeout) {
      listener_->refused(id(), remoteIp(), "proxy.timeout");
      return Park::Close;
    }
    const ProxyHeader header = proxy_->read(fd());
    if (header.state == ProxyHeader::State::More) return Park::Read;
    if (header.state == ProxyHeader::State::Invalid) {
      if (!proxy_->silent()) listener_->refused(id(), remoteIp(), "proxy.invalid");
      return Park::Close;
    }
    proxy_.reset();
    setDeadline(std::nullopt);
    if (header.state == ProxyHeader::State::Client) {
      const std::string proxy = remote().text();
      setPeers(header.source, header.destination);
      kLog.debug("client of a proxy", {{"cid", std::to_string(id())}, {"remote", remote().text()}, {"proxy", proxy}});
      if (const auto rule = limits_.admit(options.name, remote()); !rule.empty()) {
        listener_->refused(id(), remoteIp(), rule);
        const char* busy = listener_->protocol().busy;
        if (busy && options.tls != PH_TLS_IMPLICIT) write(busy);
        return endSession();
      }
    }
  }
  if (options.tls == PH_TLS_IMPLICIT) beginTls();
  return toSession();
}

std::unique_ptr<TlsStream> Connection::newTls() {
  const auto& certificates = listener_->certificates();
  const bool ask = listener_->asksForCertificates() && certificates.wantsClientCertificates();
  return TlsStream::server(fd(), certificates.context(), ask);
}

bool Connection::handshakeFailed(const std::string& why) {
  kLog.info("TLS handshake failed", {{"cid", std::to_string(id())}, {"remote", remoteIp()}, {"error", why}});
  return false;
}

bool Connection::open() {
  const auto& options = listener_->options();
  info_ = info();
  info_.tls_mode = options.tls;
  info_.listener = ph::str(options.name);
  info_.plaintext_login = options.plaintextLogin ? 1 : 0;
  if (options.publicIds) publicId_ = options.publicIds->encode(id());
  info_.public_id = ph::str(publicId_);
  if (options.roster)
    options.roster->add(
        {id(), options.name, options.protocol, remoteIp(), {}, static_cast<int64_t>(std::time(nullptr))});
  const ph_protocol& p = listener_->protocol();
  const InPlugin inside(options.plugin.c_str());
  session_ = p.open(p.self, handle(), &info_);
  return session_ != nullptr;
}

ph_next Connection::call(uint32_t why) {
  const InPlugin inside(listener_->options().plugin.c_str());
  return listener_->protocol().run(session_, why);
}

void Connection::closed() {
  if (void* s = std::exchange(session_, nullptr)) {
    const InPlugin inside(listener_->options().plugin.c_str());
    listener_->protocol().close(s);
  }
  listener_->disengage();
}

void Connection::overBudget() {
  listener_->refused(id(), remoteIp(), "memory");
  if (const char* busy = listener_->protocol().busy) write(busy);
}

uint32_t Connection::maxInput() const {
  const uint32_t m = listener_->protocol().max_input;
  return m ? m : kDefaultMaxInput;
}

ph_status Connection::startTls() {
  if (listener_->options().tls != PH_TLS_STARTTLS || listener_->certificates().empty()) return PH_E_UNAVAILABLE;
  return tls() || !input().empty() ? PH_E_CONFLICT : PH_OK;
}

ph_status Connection::login(std::string_view account) {
  std::string rule;
  if (account.empty()) {
    rule = limits_.loginFailed();
    if (++loginFailures_ >= kMaxLoginFailures && rule.empty()) rule = "login_failures.connection";
  } else {
    rule = limits_.logIn(account);
    loginFailures_ = 0;
    if (const auto& roster = listener_->options().roster; roster && rule.empty()) roster->logIn(id(), account);
  }
  if (rule.empty()) return PH_OK;
  listener_->refused(id(), remoteIp(), rule);
  return PH_E_LIMIT;
}

}  // namespace posthouse::net
