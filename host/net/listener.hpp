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
#include "ph/draft/host/session.h"
#include "ph/result.hpp"

namespace posthouse::net {

class PublicIds;

struct ListenerOptions {
  std::string name;
  std::string protocol;
  int tls = PH_TLS_NONE;  // PH_TLS_*
  bool plaintextLogin = false;
  bool clientCertificates = true;  // TLS client certificates may log in, where the protocol has logins
  size_t maxConnections = 10000;
  std::shared_ptr<const PublicIds> publicIds;  // none: connections have no public id
  std::shared_ptr<Limits> limits;              // none: only maxConnections counts
  bool proxyProtocol = false;                  // every connection begins with a PROXY header
  std::vector<Network> trustedProxies;         // from elsewhere it is refused
};

class Listener : public Parked, public std::enable_shared_from_this<Listener> {
 public:
  // `protocol` and what it points to must stay valid until every connection is gone: see drained().
  static ph::Result<std::shared_ptr<Listener>> open(Engine& engine, Certificates& certificates, const Address& address,
                                                    ListenerOptions options, const ph_protocol& protocol);
  ~Listener() override;

  int fd() const override { return fd_; }
  Park run(uint32_t why) override;

  const Address& address() const { return address_; }
  const ListenerOptions& options() const { return options_; }
  const ph_protocol& protocol() const { return protocol_; }
  Certificates& certificates() const { return certificates_; }
  bool asksForCertificates() const { return options_.clientCertificates && (protocol_.flags & PH_PROTOCOL_LOGIN) != 0; }

  // Accepts no more. Connections go on.
  void close();
  // Tells every connection `why` (PH_WHY_SHUTDOWN, kWhyForce).
  void tell(uint32_t why);
  size_t connections() const;
  void forget(uint64_t id);  // a connection ended
  // Writes down why a client is not served. `cid` 0: it has no connection yet.
  void refused(uint64_t cid, const std::string& remoteIp, std::string_view rule);

 private:
  Listener(Engine& engine, Certificates& certificates, int fd, const Address& address, ListenerOptions options,
           const ph_protocol& protocol);
  void accepted(int fd, const Address& remote);
  bool trusted(const Address& proxy) const;
  void refuse(int fd, const Address& remote, const std::string& rule);

  Engine& engine_;
  Certificates& certificates_;
  int fd_;
  Address address_;
  ListenerOptions options_;
  ph_protocol protocol_;
  std::atomic<bool> closed_{false};
  mutable std::mutex mutex_;
  std::unordered_set<uint64_t> ids_;
  log::Throttle refusals_;
  metrics::Gauge open_;
  metrics::Counter accepted_;
};

}  // namespace posthouse::net
