// A connection that a plugin makes, as a class. Derive from Connection and open() it.
// Guarantees: a connection that was opened stays alive until closed() has returned; closed() is its last call.
// Threads: opened(), run() and closed() never overlap for one connection, but move between threads; none may block.
#pragma once

#include <ph/draft/host/connect.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ph/guard.hpp"
#include "ph/host.hpp"
#include "ph/session.hpp"

namespace ph {

// An owned ph_tls_client.
struct TlsClient {
  int32_t verify = PH_TLS_VERIFY_NONE;
  std::string serverName;
  std::vector<std::string> names;
  std::vector<std::string> records;

  // `f` is called with the C struct, which lives until it returns.
  template <class F>
  auto with(F&& f) const {
    std::vector<ph_str> n, r;
    for (const auto& s : names) n.push_back(str(s));
    for (const auto& s : records) r.push_back(str(s));
    auto t = sized<ph_tls_client>();
    t.verify = verify;
    t.server_name = str(serverName);
    t.names = n.data();
    t.name_count = n.size();
    t.records = r.data();
    t.record_count = r.size();
    return f(t);
  }
};

class Connection {
 public:
  explicit Connection(const Host& host) : host_(host), api_(*host.session) {}
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects `c`. `tls`: implicit TLS, or nullptr. After an error nothing of `c` is called.
  static Status open(const ph_connect& api, std::shared_ptr<Connection> c, ph_connect_to to,
                     const TlsClient* tls = nullptr) {
    auto client = sized<ph_client>();
    client.self = c.get();
    client.opened = [](void* self, ph_session* session, const ph_session_info* info) {
      auto* me = static_cast<Connection*>(self);
      me->raw_ = session;
      me->info_ = *info;
      guardVoid(&me->host_, "opened", [&] { me->opened(); });
    };
    client.run = [](void* self, uint32_t why) -> ph_next {
      auto* me = static_cast<Connection*>(self);
      return guard<ph_next>(&me->host_, "run", PH_NEXT_CLOSE, [&] { return static_cast<ph_next>(me->run(why)); });
    };
    client.closed = [](void* self, ph_status status, ph_str text) {
      auto* me = static_cast<Connection*>(self);
      const auto keep = std::move(me->self_);
      guardVoid(&me->host_, "closed", [&] { me->closed(toStatus(status, view(text))); });
    };
    c->self_ = c;
    uint64_t id = 0;
    const auto call = [&] { return api.open(c->host_.raw(), &to, &client, &id); };
    const ph_status s = !tls ? call() : tls->with([&](const ph_tls_client& t) {
      to.tls = &t;
      return call();
    });
    if (s != PH_OK) c->self_ = nullptr;
    return toStatus(s, "no connection can be made");
  }

 protected:
  virtual void opened() {}
  virtual Next run(uint32_t why) = 0;  // PH_WHY_*
  // Ok: it had been opened. Else why it was not.
  virtual void closed(Status status) = 0;

  const Host& host() const { return host_; }
  const ph_session_info& info() const { return info_; }
  uint64_t id() const { return info_.id; }

  std::string_view input() const { return view(api_.input(raw_)); }
  void consume(size_t n) { api_.consume(raw_, n); }
  // False when too much output waits (return Next::Write first) or the peer is gone; nothing was written then.
  bool write(std::string_view data) { return api_.write(raw_, data.data(), data.size()) == PH_OK; }
  size_t pending() const { return api_.pending(raw_); }
  void deadline(uint32_t ms) { api_.deadline(raw_, ms); }

  // Return Next::Tls after it.
  Status startTls(const TlsClient& what) {
    return what.with([this](const ph_tls_client& t) { return toStatus(host_.tls->connect(raw_, &t), "TLS"); });
  }
  std::string tlsFailure() const { return std::string(view(host_.tls->failure(raw_))); }
  ph_tls_info tls() const {
    auto t = sized<ph_tls_info>();
    host_.tls->info(raw_, &t);
    return t;
  }
  std::string channelBinding(const char* kind) const {
    std::string out;
    return host_.tls->channel_binding(raw_, kind, stringSink(out)) == PH_OK ? out : std::string();
  }

  // As Session::offload.
  Status offload(Pool pool, std::function<void()> work) {
    work_ = std::move(work);
    const auto entry = [](void* self) {
      auto* me = static_cast<Connection*>(self);
      guardVoid(&me->host_, "offloaded work", [&] { me->work_(); });
      me->api_.done(me->raw_);
    };
    const ph_status s = host_.jobs->run(host_.raw(), static_cast<int32_t>(pool), entry, this);
    return toStatus(s, "the server is too busy");
  }

 private:
  const Host& host_;
  const ph_session_api& api_;
  ph_session* raw_ = nullptr;
  ph_session_info info_{};
  std::function<void()> work_;
  std::shared_ptr<Connection> self_;  // until closed()
};

}  // namespace ph
