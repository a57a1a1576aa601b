#include "net/certificates.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cctype>

namespace posthouse::net {
namespace {

// The host name in the server_name extension, RFC 6066 3; empty when there is none or it is malformed.
std::string serverName(SSL* ssl) {
  const unsigned char* p = nullptr;
  size_t n = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &p, &n) != 1 || n < 5 || p[2] != 0) return {};
  const size_t length = static_cast<size_t>(p[3]) << 8 | p[4];
  if (length + 5 > n || length > 253) return {};
  std::string name(reinterpret_cast<const char*>(p + 5), length);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

void prepare(SSL_CTX* ctx) {
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ctx, 1);
}

}  // namespace

std::string sslErrors() {
  std::string out;
  while (const unsigned long e = ERR_get_error()) {
    char buffer[256];
    ERR_error_string_n(e, buffer, sizeof buffer);
    if (!out.empty()) out += "; ";
    out += buffer;
  }
  return out;
}

const Certificates::Context& Certificates::Set::find(std::string_view name) const {
  auto i = byName.find(name);
  if (i != byName.end()) return i->second;
  const size_t dot = name.find('.');
  if (dot != std::string_view::npos) {
    i = byName.find("*" + std::string(name.substr(dot)));
    if (i != byName.end()) return i->second;
  }
  return fallback;
}

Certificates::Certificates() : base_(SSL_CTX_new(TLS_server_method())), set_(std::make_shared<Set>()) {
  prepare(base_);
  SSL_CTX_set_client_hello_cb(base_, &Certificates::clientHello, this);
}

Certificates::~Certificates() {
  SSL_CTX_free(base_);
}

bool Certificates::empty() const {
  return !std::atomic_load(&set_)->fallback;
}

ph::Status Certificates::load(const std::vector<CertificateFiles>& files) {
  auto next = std::make_shared<Set>();
  for (const auto& f : files) {
    Context ctx(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    prepare(ctx.get());
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ctx.get(), f.certificate.c_str()) != 1) {
      return ph::Error{ph::Kind::Invalid, "certificate " + f.certificate + ": " + sslErrors()};
    }
    if (SSL_CTX_use_PrivateKey_file(ctx.get(), f.key.c_str(), SSL_FILETYPE_PEM) != 1) {
      return ph::Error{ph::Kind::Invalid, "key " + f.key + ": " + sslErrors()};
    }
    if (SSL_CTX_check_private_key(ctx.get()) != 1) {
      return ph::Error{ph::Kind::Invalid, "key " + f.key + " does not belong to " + f.certificate};
    }
    for (const auto& name : f.names) next->byName[name] = ctx;
    if (!next->fallback) next->fallback = ctx;
  }
  std::atomic_store(&set_, std::shared_ptr<const Set>(std::move(next)));
  return {};
}

int Certificates::clientHello(SSL* ssl, int* alert, void* self) {
  const auto set = std::atomic_load(&static_cast<Certificates*>(self)->set_);
  const Context& ctx = set->find(serverName(ssl));
  if (!ctx) {
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_CLIENT_HELLO_ERROR;
  }
  SSL_set_SSL_CTX(ssl, ctx.get());
  return SSL_CLIENT_HELLO_SUCCESS;
}

}  // namespace posthouse::net
