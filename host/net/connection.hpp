// A session over an accepted connection: PROXY header, limits, TLS by the listener's certificates, its protocol.
// Threads: as Session.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/limits.hpp"
#include "net/proxy_reader.hpp"
#include "net/session.hpp"

namespace posthouse::net {

class Listener;

class Connection : public Session {
 public:
  Connection(Engine& engine, std::shared_ptr<Listener> listener, int fd, const Address& remote, const Address& local,
             uint64_t id, Limits::Share limits);
  ~Connection() override;

  ph_status startTls() override;
  ph_status connectTls(const ph_tls_client&) override { return PH_E_UNAVAILABLE; }
  ph_status login(std::string_view account) override;
  const ListenerOptions* listenerOptions() const override;

 protected:
  Park runOwn(uint32_t why) override;
  std::unique_ptr<TlsStream> newTls() override;
  bool open() override;
  ph_next call(uint32_t why) override;
  void closed() override;
  uint32_t maxInput() const override;
  bool handshakeFailed(const std::string& why) override;
  void overBudget() override;

 private:
  std::shared_ptr<Listener> listener_;
  std::string publicId_;
  ph_session_info info_{};
  std::unique_ptr<ProxyReader> proxy_;  // until the proxy has named its client
  void* session_ = nullptr;
  Limits::Share limits_;
  int loginFailures_ = 0;
};

}  // namespace posthouse::net
