#include "net/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/memory_budget.hpp"
#include "log/log.hpp"
#include "net/connection.hpp"

namespace posthouse::net {
namespace {
const log::Log kLog("net");
constexpr int kAcceptsPerTurn = 64;
constexpr auto kPause = std::chrono::milliseconds(100);
const metrics::Gauges kOpen("posthouse_connections_open", "Connections that are open.", {"protocol"});
const metrics::Counters kAccepted("posthouse_connections_total", "Connections that were served.", {"protocol"});
const metrics::Counters kRefused("posthouse_connections_refused_total", "Connections refused or ended by a limit.",
                                 {"protocol", "rule"});
constexpr uint32_t kWhyClose = 0x1;
constexpr uint32_t kRefusalsPerSecond = 20;  // written; the rest is counted
}  // namespace

ph::Result<std::shared_ptr<Listener>> Listener::open(Engine& engine, Certificates& certificates, ListenSocket socket,
                                                     ListenerOptions options, const ph_protocol& protocol) {
  std::shared_ptr<Listener> listener(
      new Listener(engine, certificates, std::move(socket), std::move(options), protocol));
  if (!engine.add(listener, engine.reserveId(), kWhyReady)) {
    return ph::Error{ph::Kind::Temporary, "listener " + listener->options().name + ": out of event slots"};
  }
  return listener;
}

Listener::Listener(Engine& engine, Certificates& certificates, ListenSocket socket, ListenerOptions options,
                   const ph_protocol& protocol)
    : engine_(engine),
      certificates_(certificates),
      socket_(std::move(socket)),
      options_(std::move(options)),
      protocol_(protocol),
      refusals_(kRefusalsPerSecond),
      open_(kOpen.with({options_.protocol})),
      accepted_(kAccepted.with({options_.protocol})) {}

Park Listener::run(uint32_t) {
  setDeadline(std::nullopt);
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    if (closed()) return Park::Close;
    sockaddr_storage remote{};
    socklen_t n = sizeof remote;
    const int fd = ::accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&remote), &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      accepted(fd, Address(reinterpret_cast<sockaddr*>(&remote), n));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Park::Read;
    if (errno == EINTR || errno == ECONNABORTED || closed()) continue;
    // Out of descriptors or memory: clients wait in the backlog for a moment.
    kLog.error("accept failed", {{"listener", options_.name}, {"error", std::strerror(errno)}});
    setDeadline(Clock::now() + kPause);
    return Park::Nothing;
  }
  return Park::Again;
}

void Listener::accepted(int fd, const Address& remote) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (MemoryBudget::get().exhausted()) return refuse(fd, remote, "memory");
  const uint64_t id = engine_.reserveId();
  bool full = false;
  {
    std::lock_guard lock(mutex_);
    // Under the lock: who has closed and then counts the connections has counted them all.
    if (closed_ == Closing::Stop) {
      ::close(fd);
      return;
    }
    full = ids_.size() >= options_.maxConnections;
    if (!full) {
      ids_.insert(id);
      ++engaged_;
      open_.add(1);
    }
  }
  if (full) return refuse(fd, remote, "connections.listener");
  Limits::Share share(options_.limits);
  if (options_.proxyProtocol) {
    // The proxy itself meets no limit: its clients do, when it has named them.
    if (!trusted(remote)) {
      withdraw(id);
      return refuse(fd, remote, "proxy.untrusted");
    }
  } else if (const std::string rule = share.admit(options_.name, remote); !rule.empty()) {
    withdraw(id);
    return refuse(fd, remote, rule);
  }
  sockaddr_storage local{};
  socklen_t n = sizeof local;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &n);
  auto c = std::make_shared<Connection>(engine_, shared_from_this(), fd, remote,
                                        Address(reinterpret_cast<sockaddr*>(&local), n), id, std::move(share));
  kLog.debug("connection", {{"cid", std::to_string(id)}, {"listener", options_.name}, {"remote", remote.text()}});
  accepted_.add();
  engine_.add(std::move(c), id, kWhyReady);
  // Closed meanwhile: tell() may have come too early for it.
  if (closed_ == Closing::Stop) engine_.wake(id, PH_WHY_SHUTDOWN);
}

void Listener::refused(uint64_t cid, const std::string& remoteIp, std::string_view rule) {
  kRefused.with({options_.protocol, rule}).add();
  const auto leftOut = refusals_.pass();
  if (!leftOut) return;
  const std::string id = std::to_string(cid), more = std::to_string(*leftOut);
  std::vector<log::Field> fields = {{"cid", id}, {"listener", options_.name}, {"remote", remoteIp}, {"rule", rule}};
  if (*leftOut > 0) fields.push_back({"suppressed", more});
  if (kLog.enabled(log::Level::Warn)) kLog.write(log::Level::Warn, "connection refused", fields.data(), fields.size());
}

void Listener::refuse(int fd, const Address& remote, const std::string& rule) {
  refused(0, remote.ip(), rule);
  // In plain text, whatever fits into the socket's empty buffer; clients of implicit TLS could not read it.
  if (protocol_.busy && options_.tls != PH_TLS_IMPLICIT) {
    const ssize_t ignored = ::send(fd, protocol_.busy, std::strlen(protocol_.busy), MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
  }
  ::close(fd);
}

void Listener::withdraw(uint64_t id) {
  forget(id);
  --engaged_;
}

bool contains(const std::vector<Network>& networks, const std::string& ip) {
  const auto address = Address::parse((ip.find(':') == ip.npos ? ip : "[" + ip + "]") + ":0");
  return address &&
         std::any_of(networks.begin(), networks.end(), [&](const Network& n) { return n.contains(*address); });
}

bool Listener::trusted(const Address& proxy) const {
  return std::any_of(options_.trustedProxies.begin(), options_.trustedProxies.end(),
                     [&](const Network& n) { return n.contains(proxy); });
}

void Listener::close() {
  Closing before = Closing::No;
  {
    std::lock_guard lock(mutex_);
    before = closed_.exchange(Closing::Stop);
  }
  // Refuses those in the backlog now, not when the last reference goes. A retired one's socket is another's.
  if (before == Closing::No) socket_.shutdown();
  engine_.wake(engineId(), kWhyClose);
}

void Listener::retire() {
  Closing expected = Closing::No;
  closed_.compare_exchange_strong(expected, Closing::Retire);
  engine_.wake(engineId(), kWhyClose);
}

void Listener::tell(uint32_t why) {
  std::vector<uint64_t> ids;
  {
    std::lock_guard lock(mutex_);
    ids.assign(ids_.begin(), ids_.end());
  }
  for (const uint64_t id : ids) engine_.wake(id, why);
}

size_t Listener::connections() const {
  std::lock_guard lock(mutex_);
  return ids_.size();
}

void Listener::forget(uint64_t id) {
  std::lock_guard lock(mutex_);
  if (ids_.erase(id) != 0) open_.add(-1);
}

}  // namespace posthouse::net
