// Makes DKIM-Signature fields: one for each key, all in one pass over the message.
// Guarantees: a field is printable ASCII, folded below 78 octets where it can be; the selected names occur once more
// than they do in the message, so that nothing can be added later (RFC 6376 8.15).
// Threads: pure functions. RFC 6376 5, RFC 8301, RFC 8463.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dkim/examination.hpp"
#include "dkim/private_key.hpp"

namespace ph_mailauth::dkim {

struct SigningKey {
  std::string domain;    // d=, A-labels
  std::string selector;  // s=
  PrivateKey key;
};

struct SignOptions {
  Canon headerCanon = Canon::Relaxed;
  Canon bodyCanon = Canon::Relaxed;
  // Signed as often as they occur; those of `sealed` once more. Lower-case or as written.
  std::vector<std::string> headers = defaultHeaders();
  std::vector<std::string> sealed = defaultSealed();
  std::optional<std::string> identity;  // i=, "local@domain" or "@domain"
  std::optional<int64_t> timestamp;     // t=
  std::optional<int64_t> lifetime;      // x= is t= and so many seconds; needs t=
  std::optional<uint64_t> length;       // l=; nothing of ours uses it

  static std::vector<std::string> defaultHeaders();
  static std::vector<std::string> defaultSealed();
};

class Signing {
 public:
  // Wishes for the body's hash. Both must outlive it.
  Signing(Examination& message, const SignOptions& options);
  // After the body was read: a complete field with its line end.
  ph::Result<std::string> sign(const SigningKey& key) const;

 private:
  Examination& message_;
  const SignOptions& options_;
  const size_t bodyHash_;
};

// The whole of it: the fields in the order of the keys. Invalid: the message has not exactly one From field.
ph::Result<std::string> sign(const Octets& message, const std::vector<SigningKey>& keys, const SignOptions& options);

// The names for h=: what is there, and the sealed ones once more.
std::vector<std::string> headersToSign(const HeaderFields& fields, const SignOptions& options);

// dkim-quoted-printable, RFC 6376 2.11.
std::string encodeQuotedPrintable(std::string_view text);

}  // namespace ph_mailauth::dkim
