// One accepted connection: bytes, TLS, buffers and the plugin's session behind it.
//
// Guarantees: the protocol's functions never overlap for one connection; after PH_NEXT_DONE nothing is called until
// done(). At most kMaxOutput bytes wait for a slow client. Buffers are freed while nothing is in them, so an idle
// connection costs its socket, its TLS state and this object.
// Threads: run() on engine workers; done() from any thread; the rest inside run() or a job of the session.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/memory_budget.hpp"
#include "net/address.hpp"
#include "net/engine.hpp"
#include "net/limits.hpp"
#include "net/proxy_reader.hpp"
#include "net/tls_stream.hpp"
#include "ph/draft/host/tls.h"

namespace posthouse::net {
class Connection;
class Listener;
struct ListenerOptions;
}  // namespace posthouse::net

// The plugin's name for a connection.
struct ph_session {
  posthouse::net::Connection* connection;
};

namespace posthouse::net {

// Ends a connection without its protocol's goodbye, as soon as no job of it runs.
inline constexpr uint32_t kWhyForce = 0x8000;

class Connection : public Parked {
 public:
  static constexpr size_t kMaxOutput = 256 * 1024;
  static constexpr uint32_t kDefaultMaxInput = 64 * 1024;

  Connection(Engine& engine, std::shared_ptr<Listener> listener, int fd, Address remote, Address local, uint64_t id,
             Limits::Share limits);
  ~Connection() override;

  int fd() const override { return fd_; }
  Park run(uint32_t why) override;

  // What ph.session/1 and ph.tls/1 do; see there.
  std::string_view input() const { return std::string_view(in_).substr(inStart_); }
  ph_status consume(size_t n);
  ph_status write(std::string_view data);
  size_t pending() const { return out_.size() - outStart_; }
  void sessionDeadline(uint32_t ms);
  ph_status startTls();
  ph_status login(std::string_view account);
  ph_status hold(size_t bytes);
  void done();
  const TlsStream* tls() const { return tls_.get(); }
  const Address& remote() const { return remote_; }
  const std::string& remoteIp() const { return remoteIp_; }
  const std::string& localIp() const { return localIp_; }
  const ListenerOptions& options() const;
  uint64_t id() const { return id_; }
  const std::string& account() const { return account_; }

 private:
  enum class Phase { Proxy, Handshake, Open, Running, Flush, Linger };

  void beginTls();
  Park runProxy(uint32_t why);
  bool openSession();
  Park runHandshake(uint32_t why);
  Park runSession(uint32_t why);
  Park runFlush(uint32_t why);
  Park runLinger(uint32_t why);
  Park endSession();
  Park park(Park how);
  void acknowledge();
  void closeSession();
  bool fill(bool* mayRead);  // reads what is there; true when input grew
  Io flush();                // writes what waits
  uint32_t maxInput() const;
  bool overBudget();

  Engine& engine_;
  std::shared_ptr<Listener> listener_;
  int fd_;
  Address remote_;
  Address local_;
  std::string remoteIp_;
  std::string localIp_;
  std::string account_;
  std::string publicId_;
  uint64_t id_;
  ph_session handle_{};
  ph_session_info info_{};
  std::unique_ptr<ProxyReader> proxy_;  // until the proxy has named its client
  std::unique_ptr<TlsStream> tls_;
  std::string in_;
  size_t inStart_ = 0;
  std::string out_;
  size_t outStart_ = 0;
  Phase phase_;
  ph_next next_ = PH_NEXT_READ;
  uint32_t pendingWhy_ = 0;
  void* session_ = nullptr;
  Limits::Share limits_;
  bool engaged_ = true;        // the protocol was called or may still be
  MemoryBudget::Share share_;  // what the buffers hold
  MemoryBudget::Share held_;   // what the session holds
  bool eof_ = false;
  bool eofTold_ = false;
  bool broken_ = false;
  bool forced_ = false;
  bool received_ = false;  // since the last acknowledge()
  bool answered_ = false;  // something was written after the last input
  bool tlsWantsWrite_ = false;
  int loginFailures_ = 0;
  std::optional<Clock::time_point> sessionDeadline_;
  size_t lingered_ = 0;
};

}  // namespace posthouse::net
