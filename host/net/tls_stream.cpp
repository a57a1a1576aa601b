#include "net/tls_stream.hpp"

#include <openssl/err.h>

#include <cerrno>
#include <cstring>

#include "net/certificate_hash.hpp"

namespace posthouse::net {

namespace {

// Any certificate will do: the key in it is looked up, no authority is asked.
int acceptAny(int, X509_STORE_CTX*) {
  return 1;
}

}  // namespace

std::unique_ptr<TlsStream> TlsStream::server(int fd, SSL_CTX* ctx, bool askCertificate) {
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(ctx), SSL_free);
  if (askCertificate) SSL_set_verify(ssl.get(), SSL_VERIFY_PEER, acceptAny);
  SSL_set_fd(ssl.get(), fd);
  SSL_set_accept_state(ssl.get());
  return std::unique_ptr<TlsStream>(new TlsStream(std::move(ssl)));
}

std::unique_ptr<TlsStream> TlsStream::client(int fd, std::unique_ptr<SSL, decltype(&SSL_free)> ssl) {
  SSL_set_fd(ssl.get(), fd);
  SSL_set_connect_state(ssl.get());
  return std::unique_ptr<TlsStream>(new TlsStream(std::move(ssl)));
}

bool TlsStream::verified() const {
  return SSL_is_server(ssl_.get()) == 0 && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE &&
         SSL_is_init_finished(ssl_.get()) == 1 && SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

std::string TlsStream::problem() const {
  const long result = SSL_get_verify_result(ssl_.get());
  return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

Io TlsStream::result(int rc) {
  const int saved = errno;
  switch (SSL_get_error(ssl_.get(), rc)) {
    case SSL_ERROR_WANT_READ:
      return Io::WantRead;
    case SSL_ERROR_WANT_WRITE:
      return Io::WantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Io::Closed;
    case SSL_ERROR_SYSCALL:
      if (saved == 0 || rc == 0) return Io::Closed;
      error_ = std::strerror(saved);
      return Io::Failed;
    default:
      error_ = sslErrors();
      if (const std::string why = problem(); !why.empty() && SSL_is_server(ssl_.get()) == 0) error_ += ": " + why;
      return Io::Failed;
  }
}

// Each call clears the thread's error queue first: OpenSSL would otherwise report a stranger's error as ours.
Io TlsStream::handshake() {
  ERR_clear_error();
  errno = 0;
  const int rc = SSL_do_handshake(ssl_.get());
  return rc == 1 ? Io::Done : result(rc);
}

Io TlsStream::read(void* buffer, size_t size, size_t* count) {
  ERR_clear_error();
  errno = 0;
  const int rc = SSL_read_ex(ssl_.get(), buffer, size, count);
  return rc == 1 ? Io::Done : result(rc);
}

Io TlsStream::write(const void* data, size_t size, size_t* count) {
  ERR_clear_error();
  errno = 0;
  const int rc = SSL_write_ex(ssl_.get(), data, size, count);
  return rc == 1 ? Io::Done : result(rc);
}

void TlsStream::shutdown() {
  if (SSL_is_init_finished(ssl_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

std::string TlsStream::exporterBinding() const {
  // Before TLS 1.3 the exporter is only bound to the handshake with extended master secret, RFC 9266 4.2.
  if (SSL_version(ssl_.get()) < TLS1_3_VERSION && SSL_get_extms_support(ssl_.get()) != 1) return {};
  unsigned char out[32];
  static constexpr char kLabel[] = "EXPORTER-Channel-Binding";
  const auto* context = reinterpret_cast<const unsigned char*>("");
  if (SSL_export_keying_material(ssl_.get(), out, sizeof out, kLabel, sizeof kLabel - 1, context, 0, 1) != 1) return {};
  return {reinterpret_cast<const char*>(out), sizeof out};
}

std::string TlsStream::endPointBinding() const {
  // On a resumed session the client hashes the certificate of the first handshake, which we may have replaced since:
  // the ticket brings its hash back.
  if (SSL_session_reused(ssl_.get()) == 1) {
    void* data = nullptr;
    size_t size = 0;
    SSL_SESSION* session = SSL_get_session(ssl_.get());
    if (!session || SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1) return {};
    return {static_cast<const char*>(data), size};
  }
  return endPointHash(ssl_.get());
}

std::string TlsStream::clientKeyFingerprint() const {
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate ? keyFingerprint(certificate) : std::string();
}

std::string_view TlsStream::version() const {
  const std::string_view version = SSL_get_version(ssl_.get());
  return version == "TLSv1.3" ? "TLS1.3" : version == "TLSv1.2" ? "TLS1.2" : version;
}

std::string TlsStream::description() const {
  return std::string(version()) + " " + SSL_get_cipher_name(ssl_.get());
}

}  // namespace posthouse::net
