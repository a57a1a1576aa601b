// TLS as a client: what a plugin asked for, made into an SSL. RFC 7672 (DANE for SMTP), RFC 6125 (names), RFC 7435.
// Threads: any.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "ph/draft/host/tls.h"
#include "ph/result.hpp"

namespace posthouse::net {

// An owned ph_tls_client.
struct ClientTls {
  int verify = PH_TLS_VERIFY_NONE;
  std::string serverName;
  std::vector<std::string> names;
  std::vector<std::string> records;  // RDATA of TLSA

  static ClientTls from(const ph_tls_client& c);
  using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;
  // Invalid: a name that is none; PKIX or DANE without a name; DANE without a usable record.
  ph::Result<Ssl> make() const;
};

}  // namespace posthouse::net
