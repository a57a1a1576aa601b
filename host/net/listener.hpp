// A listening socket: accepts connections for one protocol.
// Threads: run() on engine workers; the rest from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "log/throttle.hpp"
#include "metrics/metrics.hpp"
#include "net/address.hpp"
#include "net/certificates.hpp"
#include "net/engine.hpp"
#include "net/limits.hpp"
#include "net/listen_socket.hpp"
#include "ph/draft/host/session.h"
#include "ph/result.hpp"

namespace posthouse::net {

class PublicIds;
class Roster;

struct ListenerOptions {
  std::string name;
  std::string protocol;
  int tls = PH_TLS_NONE;  // PH_TLS_*
  bool plaintextLogin = false;
  bool clientCertificates = true;  // TLS client certificates may log in, where the protocol has logins
  size_t maxConnections = 10000;
  std::shared_ptr<const PublicIds> publicIds;  // none: connections have no public id
  std::shared_ptr<Limits> limits;              // none: only maxConnections counts
  std::shared_ptr<Roster> roster;              // none: nobody sees them
  bool proxyProtocol = false;                  // every connection begins with a PROXY header
  std::vector<Network> trustedProxies;         // from elsewhere it is refused
  std::string forwarded = "none";              // which of HTTP's fields they set: "forwarded", "x-forwarded-for"
  std::string plugin;                          // whose protocol it is; empty: the host's own
};

// Whether `networks` have this address, given without a port.
bool contains(const std::vector<Network>& networks, const std::string& ip);

class Listener : public Parked, public std::enable_shared_from_this<Listener> {
 public:
  // `protocol` and what it points to must stay valid until every connection is gone: see drained().
  static ph::Result<std::shared_ptr<Listener>> open(Engine& engine, Certificates& certificates, ListenSocket socket,
                                                    ListenerOptions options, const ph_protocol& protocol);

  int fd() const override { return socket_.fd(); }
  Park run(uint32_t why) override;

  const Address& address() const { return socket_.address(); }
  const ListenSocket& socket() const { return socket_; }
  const ListenerOptions& options() const { return options_; }
  const ph_protocol& protocol() const { return protocol_; }
  Certificates& certificates() const { return certificates_; }
  bool asksForCertificates() const { return options_.clientCertificates && (protocol_.flags & PH_PROTOCOL_LOGIN) != 0; }

  // Accepts no more and refuses who waits. Connections go on.
  void close();
  // Accepts no more; who waits is left to another listener on a duplicate of the socket. Connections go on.
  void retire();
  bool closed() const { return closed_ != Closing::No; }
  // Tells every connection `why` (PH_WHY_SHUTDOWN, kWhyForce).
  void tell(uint32_t why);
  size_t connections() const;
  // Connections for which the protocol may still be called; the others only send their last bytes.
  size_t engaged() const { return engaged_; }
  void disengage() { --engaged_; }
  void forget(uint64_t id);  // a connection ended
  // Writes down why a client is not served. `cid` 0: it has no connection yet.
  void refused(uint64_t cid, const std::string& remoteIp, std::string_view rule);

 private:
  enum class Closing { No, Retire, Stop };
  Listener(Engine& engine, Certificates& certificates, ListenSocket socket, ListenerOptions options,
           const ph_protocol& protocol);
  void accepted(int fd, const Address& remote);
  bool trusted(const Address& proxy) const;
  void withdraw(uint64_t id);  // a connection was not begun after all
  void refuse(int fd, const Address& remote, const std::string& rule);

  Engine& engine_;
  Certificates& certificates_;
  const ListenSocket socket_;
  ListenerOptions options_;
  ph_protocol protocol_;
  std::atomic<Closing> closed_{Closing::No};
  std::atomic<size_t> engaged_{0};
  mutable std::mutex mutex_;
  std::unordered_set<uint64_t> ids_;
  log::Throttle refusals_;
  metrics::Gauge open_;
  metrics::Counter accepted_;
};

}  // namespace posthouse::net
