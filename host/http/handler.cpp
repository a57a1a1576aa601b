#include "http/handler.hpp"

#include <exception>

#include "http/router.hpp"
#include "log/log.hpp"

namespace posthouse::http {
namespace {
const log::Log kLog("http");
}

ph::Status Handler::called(Exchange& exchange, const Route& route) {
  ph::Status s;
  // A plugin's own guard is the reliable one; this net holds only what shares our C++ runtime.
  try {
    s = handle(exchange);
  } catch (...) {
    s = ph::Error{ph::Kind::Bug, "exception out of a handler"};
  }
  if (!s && s.error().kind != ph::Kind::Cancelled) {
    kLog.warn("handler failed", {{"cid", std::to_string(exchange.request().session)},
                                 {"plugin", route.plugin},
                                 {"route", route.path},
                                 {"status", std::to_string(static_cast<int>(s.error().kind))},
                                 {"reason", s.error().text}});
  }
  return s;
}

}  // namespace posthouse::http
