// What an account logs in with, on disk: one file per account, data/credentials/NAME, mode 0600, replaced atomically.
// The password itself is never kept: Argon2id for plain logins, SCRAM verifiers, CRAM-MD5 states if the account wants
// them; and the public keys of its TLS client certificates. Threads: pure functions over the file system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"
#include "ph/sasl/cram_md5.hpp"
#include "ph/sasl/scram.hpp"

namespace posthouse::accounts {

// A TLS client certificate that may log in: by its key, so that a renewed certificate with the same key goes on.
struct TlsKey {
  std::string fingerprint;  // SHA-256 of the SubjectPublicKeyInfo, 64 lower-case hex digits
  std::string address;      // login address; it decides nothing, people see it
  bool preauth = true;      // IMAP connections with it begin logged in (PREAUTH)
  std::string name;         // for people
};

// A second password, made by the server for one program: 24 random characters, so a plain hash of it is enough.
struct AppPassword {
  std::string name;                    // for people
  std::string hash;                    // SHA-256, lower-case hex
  std::vector<std::string> protocols;  // "imap", "submission"; none: all
  int64_t created = 0;
  int64_t expires = 0;  // Unix seconds; 0: never
};

// The second factor of logins in browsers.
struct Totp {
  std::string secret;
  bool confirmed = false;             // else it is not asked for yet
  int64_t lastStep = 0;               // used; it and those before fit no more
  std::vector<std::string> recovery;  // SHA-256 of codes for when the device is lost, lower-case hex
};

struct Credentials {
  std::string argon2id;  // libsodium's encoded form; empty: no password is set
  std::optional<ph::sasl::ScramVerifier> scramSha1;
  std::optional<ph::sasl::ScramVerifier> scramSha256;
  std::optional<ph::sasl::CramKey> cramMd5;
  std::vector<TlsKey> tlsKeys;
  std::vector<AppPassword> appPasswords;
  std::optional<Totp> totp;
};

std::string appPasswordHash(std::string_view password);
// Whether one of them lets in by this protocol at this time.
bool fitsAppPassword(const Credentials& credentials, std::string_view password, std::string_view protocol, int64_t now);

// Replaces everything that depends on the password; about 40 ms of CPU and 19 MiB. `cram`: keep CRAM-MD5 states too.
// Invalid: too short, or not allowed in passwords (RFC 8265 4.2); Temporary when memory is short.
ph::Status setPassword(Credentials& credentials, std::string_view password, bool cram);

// Argon2id, 19 MiB, 2 passes, 1 lane; of a prepared password.
ph::Result<std::string> hashPassword(std::string_view password);
bool verifyPassword(const std::string& hash, std::string_view password);

// An account without the file has empty credentials.
ph::Result<Credentials> readCredentials(const std::string& file);
// Durable when it returns.
ph::Status writeCredentials(const std::string& file, const Credentials& credentials);

std::string credentialsFile(const std::string& dataDir, std::string_view account);

inline constexpr unsigned kScramIterations = 10'000;  // RFC 7677 4 asks for at least 4096
inline constexpr size_t kScramSalt = 16;

}  // namespace posthouse::accounts
