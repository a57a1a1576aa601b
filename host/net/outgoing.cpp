#include "net/outgoing.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "log/log.hpp"
#include "ph/text.hpp"

namespace posthouse::net {
namespace {

const log::Log kLog("net");
constexpr size_t kMaxAddresses = 64;
constexpr size_t kMaxOpen = 2000;  // of one plugin
constexpr size_t kMaxSocksReply = 300;

std::optional<Address> address(std::string_view ip, uint16_t port) {
  const bool v6 = ip.find(':') != std::string_view::npos;
  return Address::parse((v6 ? "[" + std::string(ip) + "]" : std::string(ip)) + ":" + std::to_string(port));
}

ph::Error invalid(std::string_view what) {
  return ph::Error{ph::Kind::Invalid, "not an IP address: " + std::string(what)};
}

}  // namespace

ph::Result<ConnectTo> ConnectTo::from(const ph_connect_to& to) {
  ConnectTo out;
  if (to.timeout_ms > 0) out.timeout = std::chrono::milliseconds(to.timeout_ms);
  if (to.address_count == 0 || to.address_count > kMaxAddresses || to.port == 0) return invalid("");
  const std::string_view proxy = ph::view(to.proxy);
  if (!proxy.empty()) {
    const auto a = address(proxy, to.proxy_port);
    if (!a) return invalid(proxy);
    out.addresses.push_back(*a);
    out.socksHost = ph::view(to.addresses[0]);
    out.socksPort = to.port;
    if (out.socksHost.empty() || out.socksHost.size() > 255) return invalid(out.socksHost);
  } else {
    for (size_t i = 0; i < to.address_count; ++i) {
      const auto a = address(ph::view(to.addresses[i]), to.port);
      if (!a) return invalid(ph::view(to.addresses[i]));
      out.addresses.push_back(*a);
    }
  }
  for (const auto& [text, slot] :
       {std::pair(to.source_ipv4, &out.sourceIpv4), std::pair(to.source_ipv6, &out.sourceIpv6)}) {
    if (ph::view(text).empty()) continue;
    *slot =
        Address::parse(ph::view(text).find(':') == std::string_view::npos ? std::string(ph::view(text)) + ":0"
                                                                          : "[" + std::string(ph::view(text)) + "]:0");
    if (!*slot) return invalid(ph::view(text));
  }
  if (to.tls) out.tls = ClientTls::from(*to.tls);
  return out;
}

Outgoing::Outgoing(Engine& engine, uint64_t id, ConnectTo to, ClientTls::Ssl tls, const ph_client& client,
                   std::shared_ptr<Outgoings> set)
    : Session(engine, -1, id),
      to_(std::move(to)),
      client_(client),
      set_(std::move(set)),
      end_(Clock::now() + to_.timeout),
      ssl_(std::move(tls)) {}

Outgoing::~Outgoing() {
  closeSession();
  set_->forget(id());
}

Park Outgoing::giveUp(ph_status status, const std::string& error) {
  status_ = status;
  tried(error);
  closeSession();
  return Park::Close;
}

void Outgoing::tried(const std::string& error) {
  if (!error_.empty() && !error.empty()) error_ += "; ";
  error_ += error;
}

Park Outgoing::runOwn(uint32_t why) {
  if (why & PH_WHY_SHUTDOWN) return giveUp(PH_E_CANCELLED, "the plugin is stopping");
  if (stream_.fd() < 0) return connectNext();
  if (why & kWhyTimeout) return connectEnded("timed out");
  if (socks_) return connected();
  int error = 0;
  socklen_t n = sizeof error;
  ::getsockopt(stream_.fd(), SOL_SOCKET, SO_ERROR, &error, &n);
  if (error != 0) return connectEnded(std::strerror(error));
  sockaddr_storage peer{};
  n = sizeof peer;
  if (::getpeername(stream_.fd(), reinterpret_cast<sockaddr*>(&peer), &n) != 0) return Park::Write;  // not yet
  return connected();
}

Park Outgoing::connectNext() {
  while (next_ < to_.addresses.size()) {
    const Address& to = to_.addresses[next_++];
    const auto left = end_ - Clock::now();
    if (left <= Clock::duration::zero()) break;
    const int fd = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return giveUp(PH_E_LIMIT, std::strerror(errno));
    stream_.reset(fd);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    const auto& source = to.family() == AF_INET6 ? to_.sourceIpv6 : to_.sourceIpv4;
    setPeers(to, {});
    if ((source && ::bind(fd, source->raw(), source->size()) != 0) ||
        (::connect(fd, to.raw(), to.size()) != 0 && errno != EINPROGRESS)) {
      tried(to.text() + ": " + std::strerror(errno));
      stream_.reset(-1);
      continue;
    }
    // What is left is shared by those that may still have to be tried.
    setDeadline(Clock::now() + left / static_cast<int>(to_.addresses.size() - next_ + 1));
    return Park::Write;
  }
  return giveUp(PH_E_TEMPORARY, error_.empty() ? "timed out" : std::string());
}

Park Outgoing::connectEnded(const std::string& error) {
  tried(remote().text() + ": " + error);
  stream_.reset(-1);
  socks_.reset();
  return next_ < to_.addresses.size() ? connectNext() : giveUp(PH_E_TEMPORARY, {});
}

Park Outgoing::connected() {
  if (!to_.socksHost.empty()) {
    if (!socks_) {
      socks_ = std::make_unique<SocksDialogue>(to_.socksHost, to_.socksPort);
      stream_.write(socks_->greeting());
    }
    bool mayRead = true;
    stream_.fill(kMaxSocksReply, &mayRead);
    SocksDialogue::State state = SocksDialogue::State::More;
    size_t consumed = 0;
    do {
      std::string reply;
      state = socks_->take(stream_.input(), &consumed, &reply);
      stream_.consume(consumed);
      stream_.write(reply);
    } while (state == SocksDialogue::State::More && consumed > 0);
    if (state == SocksDialogue::State::Failed) return connectEnded(socks_->error());
    if (stream_.flush() == Io::Failed || stream_.eof()) return connectEnded("proxy: it closed the connection");
    if (state == SocksDialogue::State::More) return stream_.pending() > 0 ? Park::ReadWrite : Park::Read;
    socks_.reset();
  }
  sockaddr_storage local{};
  socklen_t n = sizeof local;
  ::getsockname(fd(), reinterpret_cast<sockaddr*>(&local), &n);
  setPeers(remote(), Address(reinterpret_cast<sockaddr*>(&local), n));
  if (ssl_) beginTls();
  return toSession();
}

std::unique_ptr<TlsStream> Outgoing::newTls() {
  return TlsStream::client(fd(), std::move(ssl_));
}

ph_status Outgoing::connectTls(const ph_tls_client& what) {
  if (tls() || !input().empty()) return PH_E_CONFLICT;
  auto ssl = ClientTls::from(what).make();
  if (!ssl) return static_cast<ph_status>(ssl.error().kind);
  ssl_ = std::move(*ssl);
  return PH_OK;
}

bool Outgoing::handshakeFailed(const std::string& why) {
  if (opened_) return true;
  tried(remote().text() + ": TLS: " + why);
  return false;
}

bool Outgoing::open() {
  info_ = info();
  info_.tls_mode = tls() ? PH_TLS_IMPLICIT : PH_TLS_NONE;
  opened_ = true;
  client_.opened(client_.self, handle(), &info_);
  return true;
}

void Outgoing::closed() {
  if (opened_) {
    client_.closed(client_.self, PH_OK, {});
  } else {
    client_.closed(client_.self, status_, ph::str(error_));
  }
  --set_->engaged_;
}

ph::Result<uint64_t> Outgoings::open(ConnectTo to, const ph_client& client) {
  ClientTls::Ssl tls(nullptr, SSL_free);
  if (to.tls) {
    auto made = to.tls->make();
    if (!made) return made.error();
    tls = std::move(*made);
  }
  const uint64_t id = engine_.reserveId();
  {
    std::lock_guard lock(mutex_);
    if (closed_) return ph::Error{ph::Kind::Cancelled, "the plugin is stopping"};
    if (ids_.size() >= kMaxOpen) return ph::Error{ph::Kind::Limit, "too many outgoing connections"};
    ids_.insert(id);
    ++engaged_;
  }
  const auto o = std::make_shared<Outgoing>(engine_, id, std::move(to), std::move(tls), client, shared_from_this());
  kLog.debug("connecting", {{"cid", std::to_string(id)}});
  engine_.add(o, id, kWhyReady);
  return id;
}

void Outgoings::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
}

void Outgoings::tell(uint32_t why) {
  std::vector<uint64_t> ids;
  {
    std::lock_guard lock(mutex_);
    ids.assign(ids_.begin(), ids_.end());
  }
  for (const uint64_t id : ids) engine_.wake(id, why);
}

void Outgoings::forget(uint64_t id) {
  std::lock_guard lock(mutex_);
  ids_.erase(id);
}

}  // namespace posthouse::net
