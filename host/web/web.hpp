// What browsers need of every HTTP server of this house: the login page, the session as JSON, the end of it.
// Guarantees: see its parts. Threads: any.
#pragma once

#include <memory>

#include "http/server.hpp"
#include "web/login.hpp"
#include "web/visitors.hpp"

namespace posthouse::web {

class Web {
 public:
  // Everything must outlive it.
  explicit Web(Login::Surroundings surroundings)
      : sessions_(surroundings.sessions),
        visitors_(surroundings.accounts, surroundings.sessions),
        login_(surroundings) {}

  const Visitors& visitors() const { return visitors_; }
  Sessions& sessions() { return sessions_; }
  // GET and POST /login, POST /logout, GET, POST and DELETE /api/v1/session; and the gate.
  ph::Status mount(http::Server& server);

 private:
  ph::Status ask(http::Exchange& exchange);
  ph::Status submit(http::Exchange& exchange);
  ph::Status leave(http::Exchange& exchange);
  ph::Status begin(http::Exchange& exchange);
  ph::Status show(http::Exchange& exchange);
  ph::Status end(http::Exchange& exchange);

  Sessions& sessions_;
  const Visitors visitors_;
  Login login_;
};

}  // namespace posthouse::web
