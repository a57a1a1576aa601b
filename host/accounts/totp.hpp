// One-time passwords from a shared secret and the time: six digits, SHA-1, steps of 30 seconds, as all apps for them
// do. Guarantees: a step that was used, and those before it, fit no more. Threads: pure functions. RFC 6238, RFC
// 4226 5.3, RFC 4648 6 (base32).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace posthouse::accounts {

inline constexpr int64_t kTotpStep = 30;
inline constexpr size_t kTotpSecret = 20;  // RFC 4226 4 (R6): at least 16

// The password of a counter, six digits.
std::string hotp(std::string_view secret, uint64_t counter);
// The step `code` belongs to: now's, or a neighbour's, for clocks that differ (RFC 6238 5.2). It must lie behind
// `lastStep`.
std::optional<int64_t> totpStep(std::string_view secret, std::string_view code, int64_t now, int64_t lastStep);

// Without padding.
std::string base32(std::string_view bytes);
// What apps read from a picture: "otpauth://totp/...".
std::string totpUri(std::string_view secret, std::string_view account, std::string_view issuer);

}  // namespace posthouse::accounts
