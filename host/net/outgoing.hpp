// A session over a connection that we make: address after address, through a SOCKS proxy where one is given, TLS as a
// client. And the set of those that belong to one plugin. Threads: as Session; Outgoings from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "net/client_tls.hpp"
#include "net/session.hpp"
#include "net/socks.hpp"
#include "ph/draft/host/connect.h"

namespace posthouse::net {

class Outgoings;

// An owned ph_connect_to.
struct ConnectTo {
  std::vector<Address> addresses;  // of the peer, or of the proxy
  std::chrono::milliseconds timeout{30000};
  std::optional<Address> sourceIpv4, sourceIpv6;
  std::string socksHost;  // what the proxy is to connect to; empty: no proxy
  uint16_t socksPort = 0;
  std::optional<ClientTls> tls;  // implicit

  static ph::Result<ConnectTo> from(const ph_connect_to& to);
};

class Outgoing : public Session {
 public:
  // `tls`: for implicit TLS, else empty.
  Outgoing(Engine& engine, uint64_t id, ConnectTo to, ClientTls::Ssl tls, const ph_client& client,
           std::shared_ptr<Outgoings> set);
  ~Outgoing() override;

  ph_status startTls() override { return PH_E_UNAVAILABLE; }
  ph_status connectTls(const ph_tls_client& what) override;
  ph_status login(std::string_view) override { return PH_E_UNAVAILABLE; }

 protected:
  Park runOwn(uint32_t why) override;
  std::unique_ptr<TlsStream> newTls() override;
  bool open() override;
  ph_next call(uint32_t why) override { return client_.run(client_.self, why); }
  void closed() override;
  uint32_t maxInput() const override { return client_.max_input ? client_.max_input : kDefaultMaxInput; }
  bool handshakeFailed(const std::string& why) override;
  void overBudget() override {}

 private:
  Park connectNext();
  Park connectEnded(const std::string& error);
  Park connected();
  Park giveUp(ph_status status, const std::string& error);
  void tried(const std::string& error);

  ConnectTo to_;
  ph_client client_;
  std::shared_ptr<Outgoings> set_;
  ph_session_info info_{};
  size_t next_ = 0;  // of addresses
  Clock::time_point end_;
  ClientTls::Ssl ssl_;  // for the handshake to come
  std::unique_ptr<SocksDialogue> socks_;
  bool opened_ = false;
  ph_status status_ = PH_E_TEMPORARY;
  std::string error_;  // why it was never opened
};

// Those of one plugin, so that they can be ended with it.
class Outgoings : public std::enable_shared_from_this<Outgoings> {
 public:
  explicit Outgoings(Engine& engine) : engine_(engine) {}
  // The connection's id; Limit: too many, Cancelled after close().
  ph::Result<uint64_t> open(ConnectTo to, const ph_client& client);
  void close();             // no more
  void tell(uint32_t why);  // PH_WHY_SHUTDOWN, kWhyForce
  size_t engaged() const { return engaged_; }

 private:
  friend class Outgoing;
  void forget(uint64_t id);

  Engine& engine_;
  mutable std::mutex mutex_;
  std::unordered_set<uint64_t> ids_;
  std::atomic<size_t> engaged_{0};
  bool closed_ = false;
};

}  // namespace posthouse::net
