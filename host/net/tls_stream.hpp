// TLS over a non-blocking descriptor. Not thread-safe: one thread at a time.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "net/certificates.hpp"

namespace posthouse::net {

// What an operation on a non-blocking stream came to.
enum class Io { Done, WantRead, WantWrite, Closed, Failed };

class TlsStream {
 public:
  // `askCertificate`: whether the client may show one. It is asked, never forced; whose it is others decide.
  static std::unique_ptr<TlsStream> server(int fd, SSL_CTX* ctx, bool askCertificate);
  // The other side's certificate is looked at as `ssl` was told to.
  static std::unique_ptr<TlsStream> client(int fd, std::unique_ptr<SSL, decltype(&SSL_free)> ssl);

  Io handshake();
  // `*count` bytes were moved when Done.
  Io read(void* buffer, size_t size, size_t* count);
  Io write(const void* data, size_t size, size_t* count);
  // Decrypted or buffered bytes that epoll knows nothing about.
  bool hasPending() const { return SSL_has_pending(ssl_.get()) == 1; }
  void shutdown();
  SSL* ssl() const { return ssl_.get(); }
  const std::string& error() const { return error_; }

  // Channel binding data, empty when not derivable. RFC 9266 (exporter), RFC 5929 4 (end point).
  std::string exporterBinding() const;
  std::string endPointBinding() const;
  // SHA-256 of the public key in the client's certificate, 64 hex digits; empty: it gave none.
  std::string clientKeyFingerprint() const;
  // "TLS1.3 TLS_AES_256_GCM_SHA384"
  std::string description() const;
  std::string_view version() const;

  // Of a client: the server is who it should be.
  bool verified() const;

 private:
  explicit TlsStream(std::unique_ptr<SSL, decltype(&SSL_free)> ssl) : ssl_(std::move(ssl)) {}
  std::string problem() const;  // why the certificate is not accepted; empty: it is
  Io result(int rc);
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::string error_;
};

}  // namespace posthouse::net
