// Hashes of certificates: for channel binding and for recognising clients. Threads: pure functions.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string>

#include "ph/result.hpp"

namespace posthouse::net {

// tls-server-end-point of the certificate we show on this connection, RFC 5929 4.1.
std::string endPointHash(SSL* ssl);
// SHA-256 of the SubjectPublicKeyInfo, 64 lower-case hex digits.
std::string keyFingerprint(X509* certificate);
// Of the first certificate in a PEM file. NotFound, Invalid.
ph::Result<std::string> keyFingerprintOfFile(const std::string& file);

}  // namespace posthouse::net
