// The faces of host/admin in a running server: the control socket, and the protocol of listeners for administration.
// Guarantees: requests run on a pool of their own; after close() no handler runs. Threads: one at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "admin/audit.hpp"
#include "admin/changes.hpp"
#include "admin/core.hpp"
#include "admin/http_face.hpp"
#include "admin/pages_face.hpp"
#include "admin/tokens.hpp"
#include "http/server.hpp"
#include "jobs/pool.hpp"
#include "net/listener.hpp"
#include "web/web.hpp"

namespace posthouse::app {

class Administration {
 public:
  // `folder`: where it keeps its own files.
  // `http`: what the other listeners speak; who has logged in there gets the same answers.
  Administration(net::Engine& engine, jobs::Timers& timers, net::Certificates& certificates, admin::Core core,
                 const std::string& folder, http::Server& http, web::Web& web);
  ~Administration() { close(); }

  // Adds the routes.
  ph::Status start();
  // Not there is not fatal: mail is more important than who looks after it.
  void openSocket(const std::string& path);
  // For listeners with protocol = "admin".
  ph_protocol protocol() { return remote_.protocol(); }
  // Handlers may end within `patience`.
  void close(std::chrono::milliseconds patience = std::chrono::seconds(5));

 private:
  net::Engine& engine_;
  net::Certificates& certificates_;
  jobs::Pool pool_{"admin", 8, 256};
  admin::Core core_;
  admin::Audit audit_;
  admin::Tokens tokens_;
  admin::Changes changes_;
  admin::Registry registry_;
  http::Server local_;   // the socket: who can connect is admin
  http::Server remote_;  // listeners: who has a token or a session
  http::Server& http_;   // ... or a session
  web::Web& web_;
  admin::PagesFace pages_;
  std::string path_;
  std::shared_ptr<net::Listener> listener_;
};

}  // namespace posthouse::app
