// A session of a plugin over one connection: the loop that calls run() when there is something to do.
//
// Guarantees: the plugin's functions never overlap for one session; after PH_NEXT_DONE nothing is called until done().
// At most kMaxOutput bytes wait for a slow peer. An idle session costs its socket, its TLS state and this object.
// Who makes the connection, and for whom, is said by the classes below: Connection (accepted), Outgoing (made).
// Threads: run() on engine workers; done() from any thread; the rest inside run() or a job of the session.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/memory_budget.hpp"
#include "net/address.hpp"
#include "net/engine.hpp"
#include "net/stream.hpp"
#include "ph/draft/host/tls.h"

namespace posthouse::net {
class Session;
struct ListenerOptions;
}  // namespace posthouse::net

// The plugin's name for a session.
struct ph_session {
  posthouse::net::Session* session;
};

namespace posthouse::net {

// Ends a session without its goodbye, as soon as no job of it runs.
inline constexpr uint32_t kWhyForce = 0x8000;
// Beside PH_NEXT_*, for the host's own protocols: call again on a wake, the deadline or a shutdown. Input waits, output
// is sent meanwhile.
inline constexpr ph_next kNextAwait = 0x100;
// As PH_NEXT_WRITE, and on a wake.
inline constexpr ph_next kNextWriteOrWake = 0x101;

class Session : public Parked {
 public:
  static constexpr size_t kMaxOutput = 256 * 1024;
  static constexpr uint32_t kDefaultMaxInput = 64 * 1024;

  int fd() const override { return stream_.fd(); }
  Park run(uint32_t why) final;

  // What ph.session/1 and ph.tls/1 do; see there.
  std::string_view input() const { return stream_.input(); }
  ph_status consume(size_t n) { return stream_.consume(n) ? PH_OK : PH_E_INVALID; }
  ph_status write(std::string_view data);
  size_t pending() const { return stream_.pending(); }
  void sessionDeadline(uint32_t ms);
  ph_status hold(size_t bytes);
  ph_status compress();
  void done();
  virtual ph_status startTls() = 0;
  virtual ph_status connectTls(const ph_tls_client& what) = 0;
  virtual ph_status login(std::string_view account) = 0;
  // Of the listener that accepted it, or nullptr.
  virtual const ListenerOptions* listenerOptions() const { return nullptr; }
  const TlsStream* tls() const { return stream_.tls(); }
  const std::string& tlsError() const { return tlsError_; }
  const Address& remote() const { return remote_; }
  const std::string& remoteIp() const { return remoteIp_; }
  const std::string& localIp() const { return localIp_; }
  uint64_t id() const { return id_; }

 protected:
  // Own: the phase of the class below, before anything is known to the plugin.
  enum class Phase { Own, Handshake, Open, Running, Flush, Linger };

  Session(Engine& engine, int fd, uint64_t id);
  void setPeers(const Address& remote, const Address& local);
  // Of a socket without addresses: who is at the other end.
  void setPeerName(std::string name) { remoteIp_ = std::move(name); }
  void beginTls();
  Park toSession();  // out of Phase::Own: handshake when TLS was begun, else the plugin
  Park endSession();
  void closeSession();
  ph_session* handle() { return &handle_; }
  ph_session_info info() const;

  virtual Park runOwn(uint32_t why) = 0;
  virtual std::unique_ptr<TlsStream> newTls() = 0;
  // Tells the plugin; false: it refuses.
  virtual bool open() = 0;
  virtual ph_next call(uint32_t why) = 0;
  // The plugin is not called again. Once.
  virtual void closed() = 0;
  virtual uint32_t maxInput() const = 0;
  // A handshake did not succeed. True: the plugin is told and says what follows.
  virtual bool handshakeFailed(const std::string& why) = 0;
  // The memory budget is exhausted and this session is among those who make it so.
  virtual void overBudget() = 0;

  Engine& engine_;
  Stream stream_;
  Phase phase_ = Phase::Own;
  bool keepsDescriptor_ = false;  // never has another socket

 private:
  Park runHandshake(uint32_t why);
  Park handshakeEnded(const std::string& error);
  Park runSession();
  Park runFlush(uint32_t why);
  Park runLinger(uint32_t why);
  Park park(Park how);

  const uint64_t id_;
  Address remote_;
  Address local_;
  std::string remoteIp_;
  std::string localIp_;
  ph_session handle_{};
  std::string tlsError_;
  ph_next next_ = PH_NEXT_READ;
  uint32_t pendingWhy_ = 0;
  MemoryBudget::Share held_;  // what the plugin holds for it
  bool open_ = false;
  bool engaged_ = true;  // the plugin was called or may still be
  bool eofTold_ = false;
  bool outputOnly_ = false;  // the session belongs to its job, and output waits
  bool hangup_ = false;      // the engine has told the end of the input
  bool forced_ = false;
  std::optional<Clock::time_point> sessionDeadline_;
  size_t lingered_ = 0;
};

}  // namespace posthouse::net
