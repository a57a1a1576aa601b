// How long a server may take. RFC 5321 4.5.3.2; what it does not name is ours.
#pragma once

#include <cstdint>

namespace ph_smtp::client {

inline constexpr uint32_t kGreetingMs = 5 * 60'000;  // RFC 5321 4.5.3.2.1
inline constexpr uint32_t kCommandMs = 5 * 60'000;   // RFC 5321 4.5.3.2.2, 4.5.3.2.3: MAIL, RCPT; and others
inline constexpr uint32_t kDataMs = 2 * 60'000;      // RFC 5321 4.5.3.2.4
inline constexpr uint32_t kBlockMs = 3 * 60'000;     // RFC 5321 4.5.3.2.5
inline constexpr uint32_t kAnswerMs = 10 * 60'000;   // RFC 5321 4.5.3.2.6
inline constexpr uint32_t kQuitMs = 10'000;
inline constexpr uint32_t kLastAnswerMs = 5'000;  // when the server is stopping
// One message, all in all: half an hour, and more for a large one on a slow line.
inline constexpr uint64_t kMailMs = 30 * 60'000;
inline constexpr uint64_t kSlowestBytesPerMs = 16;

}  // namespace ph_smtp::client
