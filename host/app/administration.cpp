#include "app/administration.hpp"

#include <unistd.h>

#include <ctime>
#include <thread>

#include "log/log.hpp"
#include "net/network.hpp"
#include "net/session.hpp"
#include "net/unix_socket.hpp"

namespace posthouse::app {
namespace {

const log::Log kLog("admin");
// Reloading waits for plugins that are switched off.
constexpr auto kDeadline = std::chrono::seconds(120);
constexpr size_t kMaxConnections = 64;

ph::Result<admin::Principal> localPrincipal(const http::Request& request) {
  admin::Principal who;
  who.name = request.remoteIp;  // "unix:UID", the kernel says so
  who.face = "socket";
  who.role = admin::Role::Admin;
  return who;
}

ph::Result<admin::Principal> remotePrincipal(const admin::Tokens& tokens, const http::Request& request) {
  if (!request.secure && !net::isLoopback(request.remoteIp))
    return ph::Error{ph::Kind::Denied, "tokens are taken over TLS only"};
  auto who = tokens.principal(request.head.fields.get("authorization").value_or(""), std::time(nullptr));
  if (who) who->from = request.remoteIp;
  return who;
}

// The gate has let him in.
ph::Result<admin::Principal> visitingPrincipal(const http::Request& request) {
  return admin::principalOf(*request.visitor, request.remoteIp);
}

// On the listeners for administration a token goes first: programs send no cookies.
ph::Result<admin::Principal> anyPrincipal(const admin::Tokens& tokens, const web::Visitors& visitors,
                                          const http::Request& request) {
  if (request.head.fields.get("authorization") || !visitors.find(request)) return remotePrincipal(tokens, request);
  const auto verdict = visitors.judge(request, http::Audience::Account);
  if (verdict.status != 0) return ph::Error{ph::Kind::Conflict, verdict.why};
  return admin::principalOf(*verdict.visitor, request.remoteIp);
}

ph::Status addRoutes(http::Server& server, const admin::Registry& registry, http::Audience audience,
                     admin::Authenticator authenticator) {
  http::Route r;
  r.audience = audience;
  r.path = admin::HttpFace::kBase;
  r.prefix = true;
  r.methods = http::kGet | http::kPost | http::kPut | http::kPatch | http::kDelete;
  r.deadline = kDeadline;
  r.maxBody = admin::HttpFace::kMaxFileBody;
  r.owner = &registry;
  r.handler = std::make_shared<admin::HttpFace>(registry, std::move(authenticator));
  return server.add(std::move(r));
}

}  // namespace

Administration::Administration(net::Engine& engine, jobs::Timers& timers, net::Certificates& certificates,
                               admin::Core core, const std::string& folder, http::Server& http, web::Web& web)
    : engine_(engine),
      certificates_(certificates),
      core_(std::move(core)),
      audit_(folder + "/audit.log"),
      tokens_(folder + "/tokens.json"),
      changes_(core_, folder + "/undo.json"),
      registry_(core_, admin::operations(), [this](const auto& record) { return audit_.add(record); }),
      local_(engine, pool_, timers),
      remote_(engine, pool_, timers),
      http_(http),
      web_(web),
      pages_(registry_, web.visitors()) {
  core_.audit = &audit_;
  core_.tokens = &tokens_;
  core_.changes = &changes_;
}

ph::Status Administration::start() {
  if (auto s = tokens_.load(); !s) return s;
  if (auto s = web_.mount(remote_); !s) return s;
  for (auto* server : {&remote_, &http_}) {
    if (auto s = pages_.mount(*server, &registry_); !s) return s;
  }
  constexpr auto kPublic = http::Audience::Public;  // who asks is found out by the face
  if (auto s = addRoutes(local_, registry_, kPublic, localPrincipal); !s) return s;
  if (auto s = addRoutes(http_, registry_, http::Audience::Account, visitingPrincipal); !s) return s;
  return addRoutes(remote_, registry_, kPublic,
                   [this](const http::Request& r) { return anyPrincipal(tokens_, web_.visitors(), r); });
}

void Administration::openSocket(const std::string& path) {
  if (path.empty()) return;
  auto socket = net::listenUnix(path);
  ph::Status s = socket ? ph::Status() : ph::Status(socket.error());
  if (socket) {
    net::ListenerOptions options;
    options.name = "control";
    options.protocol = "admin";
    options.maxConnections = kMaxConnections;
    auto listener =
        net::Listener::open(engine_, certificates_, std::move(*socket), std::move(options), local_.protocol());
    if (listener) {
      listener_ = std::move(*listener);
      path_ = path;
      return;
    }
    ::unlink(path.c_str());
    s = listener.error();
  }
  kLog.error("no control socket", {{"reason", s.error().text}});
}

void Administration::close(std::chrono::milliseconds patience) {
  if (listener_) {
    ::unlink(path_.c_str());
    listener_->close();
    listener_->tell(PH_WHY_SHUTDOWN);
  }
  for (auto* server : {&local_, &remote_, &http_}) (void)server->remove(&registry_, patience, patience);
  // Once its handlers have ended a connection only has its last bytes to send.
  for (int i = 0; listener_ && i < 1000 && listener_->connections() > 0; ++i) {
    if (i == 500) listener_->tell(net::kWhyForce);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  listener_.reset();
}

}  // namespace posthouse::app
