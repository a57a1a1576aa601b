// Which TLS a connection gets: from the route, the policies for the host, and what the message asks for.
// Threads: a value. RFC 3207, RFC 7435, RFC 7672 2.2, RFC 8314 3.3, RFC 8689 4.2.1, 4.2.2.
#pragma once

#include <string>
#include <string_view>

#include "client/mail.hpp"
#include "ph/connect.hpp"
#include "ph/mx_policy.hpp"

namespace ph_smtp::client {

struct TlsPlan {
  bool wanted = true;     // STARTTLS when it is offered
  bool needed = false;    // nothing without TLS
  bool implicit = false;  // from the first octet
  bool fallback = false;  // when the handshake fails: again without
  bool relaxed = false;   // weaker than the policies ask for, because the message says so
  ph::TlsClient client;
  std::string why;  // for people, where TLS is needed

  bool verifies() const { return client.verify != PH_TLS_VERIFY_NONE; }
};

// For a mail exchanger.
TlsPlan planDirect(std::string_view host, const ph::MxAnswer& policy, const Mail& mail);
// For the host of a PH_ROUTE_HOST; `tls`: PH_ROUTE_TLS_*.
TlsPlan planRoute(std::string_view host, int32_t tls);

}  // namespace ph_smtp::client
