// A protocol session as a class. Derive from Session, offer it with offerProtocol.
// Threads: run() is never called twice at once for one session, but moves between threads; it must not block.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ph/guard.hpp"
#include "ph/host.hpp"

namespace ph {

enum class Next : ph_next {
  Read = PH_NEXT_READ,    // call again on input, wake-up or deadline
  Write = PH_NEXT_WRITE,  // call again when all output was sent
  Done = PH_NEXT_DONE,    // call again when the offloaded work is done
  Close = PH_NEXT_CLOSE,  // send what is left, close
  Tls = PH_NEXT_TLS,      // send what is left, then handshake (after startTls)
  Sleep = PH_NEXT_SLEEP,  // call again at the deadline or for a shutdown; input waits
};

enum class Pool : int32_t { Hook = PH_POOL_HOOK, Disk = PH_POOL_DISK, Crypto = PH_POOL_CRYPTO };

class Session {
 public:
  Session(const Host& host, ph_session* raw, const ph_session_info* info)
      : host_(host), api_(*host.session), raw_(raw), info_(*info) {}
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // `why` is a set of PH_WHY_* bits.
  virtual Next run(uint32_t why) = 0;

 protected:
  const Host& host() const { return host_; }
  ph_session* raw() const { return raw_; }
  const ph_session_info& info() const { return info_; }
  uint64_t id() const { return info_.id; }

  std::string_view input() const { return view(api_.input(raw_)); }
  void consume(size_t n) { api_.consume(raw_, n); }
  // False when too much output waits (return Next::Write first) or the peer is gone; nothing was written then.
  bool write(std::string_view data) { return api_.write(raw_, data.data(), data.size()) == PH_OK; }
  size_t pending() const { return api_.pending(raw_); }
  void deadline(uint32_t ms) { api_.deadline(raw_, ms); }

  // SASL mechanisms this client may use now, strongest first, separated by a space.
  std::string mechanisms() const {
    std::string out;
    host_.accounts->mechanisms(host_.raw(), raw_, stringSink(out));
    return out;
  }

  Status startTls() { return toStatus(host_.tls->start(raw_)); }
  ph_tls_info tls() const {
    auto t = sized<ph_tls_info>();
    host_.tls->info(raw_, &t);
    return t;
  }
  bool tlsActive() const { return tls().active != 0; }
  // STARTTLS may be begun.
  bool tlsOffered() const { return info_.tls_mode == PH_TLS_STARTTLS && !tlsActive(); }
  std::string channelBinding(const char* kind) const {
    std::string out;
    return host_.tls->channel_binding(raw_, kind, stringSink(out)) == PH_OK ? out : std::string();
  }
  // Reports a login's outcome (empty account: failed); false: too many failures, close.
  bool reportLogin(std::string_view account) { return api_.login(raw_, str(account)) == PH_OK; }

  // Says how much the session keeps for its client; false: the server's memory is short, refuse and close.
  bool hold(size_t bytes) { return api_.hold(raw_, bytes) == PH_OK; }

  // From here on both directions are compressed; false: they are already.
  bool compress() { return api_.compress(raw_) == PH_OK; }

  // Runs `work` on a pool while the session is parked; return Next::Done after it. `work` may use the session's
  // members: nothing else runs meanwhile. Afterwards run() is called with PH_WHY_DONE. Fails when the pool is full.
  Status offload(Pool pool, std::function<void()> work) {
    work_ = std::move(work);
    const ph_status s = host_.jobs->run(host_.raw(), static_cast<int32_t>(pool), &Session::work, this);
    if (s != PH_OK) work_ = nullptr;
    return toStatus(s, "the server is too busy");
  }
  // For asynchronous host calls that report through a function: pass &Session::completed and `this`.
  static void completed(void* self) {
    auto* s = static_cast<Session*>(self);
    s->api_.done(s->raw_);
  }

 private:
  static void work(void* self) {
    auto* s = static_cast<Session*>(self);
    guardVoid(&s->host_, "offloaded work", [&] { s->work_(); });
    s->api_.done(s->raw_);
  }

  const Host& host_;
  const ph_session_api& api_;
  ph_session* raw_;
  ph_session_info info_;
  std::function<void()> work_;
};

using SessionFactory = std::function<std::unique_ptr<Session>(ph_session*, const ph_session_info*)>;

// A protocol offered to the host. Must live until the plugin is stopped, so keep it as a member of the plugin.
class Protocol {
 public:
  Protocol(const Host& host, const char* name, SessionFactory factory)
      : host_(host), name_(name), factory_(std::move(factory)) {}
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;

  // Call in Plugin::start.
  // `busy`: told to clients that can't be served now.
  Status offer(uint32_t maxInput = 0, uint32_t flags = 0, const char* busy = nullptr) {
    auto p = sized<ph_protocol>();
    p.max_input = maxInput;
    p.flags = flags;
    p.busy = busy;
    p.name = name_;
    p.self = this;
    p.open = [](void* self, ph_session* raw, const ph_session_info* info) -> void* {
      auto* protocol = static_cast<Protocol*>(self);
      return guard<void*>(&protocol->host_, "open", nullptr, [&]() -> void* {
        auto s = protocol->factory_(raw, info);
        return s ? new Holder{protocol, std::move(s)} : nullptr;
      });
    };
    p.run = [](void* self, uint32_t why) -> ph_next {
      auto* h = static_cast<Holder*>(self);
      return guard<ph_next>(&h->protocol->host_, "run", PH_NEXT_CLOSE,
                            [&] { return static_cast<ph_next>(h->session->run(why)); });
    };
    p.close = [](void* self) {
      auto* h = static_cast<Holder*>(self);
      guardVoid(&h->protocol->host_, "close", [&] { delete h; });
    };
    return toStatus(host_.listener->offer(host_.raw(), &p), "the protocol name is taken");
  }

 private:
  struct Holder {
    Protocol* protocol;
    std::unique_ptr<Session> session;
  };
  const Host& host_;
  const char* name_;
  SessionFactory factory_;
};

}  // namespace ph
