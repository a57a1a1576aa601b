#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>

namespace posthouse::net {

TlsStream::TlsStream(int fd, SSL_CTX* ctx) : ssl_(SSL_new(ctx), SSL_free) {
  SSL_set_fd(ssl_.get(), fd);
  SSL_set_accept_state(ssl_.get());
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
  // On a resumed session the client hashes the certificate of the first handshake, which we may have replaced since.
  if (SSL_session_reused(ssl_.get()) == 1) return {};
  X509* certificate = SSL_get_certificate(ssl_.get());
  if (!certificate) return {};
  int digest = NID_undef;
  int key = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, &key);
  const EVP_MD* md = EVP_get_digestbynid(digest);
  if (!md || digest == NID_md5 || digest == NID_sha1) md = EVP_sha256();
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  if (X509_digest(certificate, md, out, &n) != 1) return {};
  return {reinterpret_cast<const char*>(out), n};
}

}  // namespace posthouse::net
