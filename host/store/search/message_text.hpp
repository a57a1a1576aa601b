// The text of a stored message, as SEARCH looks at it.
// Threads: blocks for the disk.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ph/result.hpp"
#include "store/types.hpp"

namespace posthouse::store {

class Account;

namespace search {

inline constexpr std::uint64_t kMaxFile = 64 * 1024 * 1024;  // a larger message is not read for its text

// Each header field, text part and what the envelope says, case folded; false of `piece` ends it. `parts` and
// `envelope` are the row's. Limit: the message is too large; NotFound or Temporary: it can't be read.
ph::Status eachText(Account& account, MessageId id, std::string_view parts, std::string_view envelope,
                    const std::function<bool(const std::string& folded)>& piece);

}  // namespace search
}  // namespace posthouse::store
