// Rights to a mailbox as a set of bits, and as the letters of IMAP. RFC 4314 2.1, 2.1.1.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ph::imap {

using Rights = std::uint32_t;

// The bits are in the order of these letters.
inline constexpr std::string_view kRightLetters = "lrswipkxtea";

namespace right {
inline constexpr Rights kLookup = 0x001;          // l
inline constexpr Rights kRead = 0x002;            // r
inline constexpr Rights kSeen = 0x004;            // s
inline constexpr Rights kWrite = 0x008;           // w
inline constexpr Rights kInsert = 0x010;          // i
inline constexpr Rights kPost = 0x020;            // p
inline constexpr Rights kCreate = 0x040;          // k
inline constexpr Rights kDeleteMailbox = 0x080;   // x
inline constexpr Rights kDeleteMessages = 0x100;  // t
inline constexpr Rights kExpunge = 0x200;         // e
inline constexpr Rights kAdminister = 0x400;      // a
inline constexpr Rights kAll = 0x7ff;
// To change flags.
inline constexpr Rights kFlags = kSeen | kWrite | kDeleteMessages;
// One of them lets a user ask for its own rights (RFC 4314 4).
inline constexpr Rights kTold = kLookup | kRead | kInsert | kCreate | kDeleteMailbox | kAdminister;
// One of them makes a mailbox READ-WRITE (RFC 4314 5.2): all flags are shared.
inline constexpr Rights kChanging = kInsert | kExpunge | kFlags;
}  // namespace right

// Letters in any order and number; "c" stands for "kx", "d" for "te". Nothing: another character is among them.
std::optional<Rights> parseRights(std::string_view letters);

// With "c" and "d" where one of their members is set, for clients of RFC 2086.
std::string rightsText(Rights rights);

}  // namespace ph::imap
