#include "net/client_tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "log/log.hpp"
#include "net/certificates.hpp"
#include "ph/text.hpp"

namespace posthouse::net {
namespace {

const log::Log kLog("net");

constexpr int kDaneTa = 2, kDaneEe = 3;

// One context for all: what differs is said per connection.
SSL_CTX* context() {
  static SSL_CTX* const ctx = [] {
    SSL_CTX* c = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    // Peers that close without close_notify are told apart by their protocol: a cut dialogue is a failed one.
    SSL_CTX_set_options(c, SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (SSL_CTX_set_default_verify_paths(c) != 1) kLog.error("no trusted certificates", {{"error", sslErrors()}});
    SSL_CTX_dane_enable(c);
    // A usage 3 record says which key it is: names and dates do not matter, RFC 7672 3.1.1.
    SSL_CTX_dane_set_flags(c, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    return c;
  }();
  return ctx;
}

ph::Error invalid(std::string text) {
  ERR_clear_error();
  return ph::Error{ph::Kind::Invalid, std::move(text)};
}

std::vector<std::string> owned(const ph_str* list, size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.emplace_back(ph::view(list[i]));
  return out;
}

// How many can be used. Usages 0 and 1 are not for SMTP (RFC 7672 3.1.3); unknown digests are skipped (2.1.1).
int addRecords(SSL* ssl, const std::vector<std::string>& records) {
  int usable = 0;
  for (const auto& r : records) {
    if (r.size() < 4) continue;
    const auto at = [&r](size_t i) { return static_cast<uint8_t>(r[i]); };
    if (at(0) != kDaneTa && at(0) != kDaneEe) continue;
    if (SSL_dane_tlsa_add(ssl, at(0), at(1), at(2), reinterpret_cast<const unsigned char*>(r.data()) + 3,
                          r.size() - 3) > 0) {
      ++usable;
    }
  }
  return usable;
}

}  // namespace

ClientTls ClientTls::from(const ph_tls_client& c) {
  ClientTls t;
  t.verify = c.verify;
  t.serverName = ph::view(c.server_name);
  t.names = owned(c.names, c.name_count);
  t.records = owned(c.records, c.record_count);
  return t;
}

ph::Result<ClientTls::Ssl> ClientTls::make() const {
  Ssl ssl(SSL_new(context()), SSL_free);
  if (!ssl) return ph::Error{ph::Kind::Temporary, "no memory for TLS"};
  if (verify == PH_TLS_VERIFY_DANE) {
    // The base domain: names it for SNI and for usage 2 (RFC 7672 3.2.1).
    if (SSL_dane_enable(ssl.get(), serverName.c_str()) != 1) return invalid("not a host name: " + serverName);
    if (addRecords(ssl.get(), records) == 0) return invalid("no usable TLSA record");
  } else if (!serverName.empty() && SSL_set_tlsext_host_name(ssl.get(), serverName.c_str()) != 1) {
    return invalid("not a host name: " + serverName);
  }
  if (verify == PH_TLS_VERIFY_NONE) {
    SSL_set_verify(ssl.get(), SSL_VERIFY_NONE, nullptr);
    return ssl;
  }
  if (names.empty()) return invalid("no name to verify");
  SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // dane_enable() has set the base domain as the first name; it is among `names` or must not count.
  if (SSL_set1_host(ssl.get(), names[0].c_str()) != 1) return invalid("not a host name: " + names[0]);
  for (size_t i = 1; i < names.size(); ++i) {
    if (SSL_add1_host(ssl.get(), names[i].c_str()) != 1) return invalid("not a host name: " + names[i]);
  }
  SSL_set_verify(ssl.get(), SSL_VERIFY_PEER, nullptr);
  return ssl;
}

}  // namespace posthouse::net
