// $Junk and $NotJunk: exclusive, and set by the mailbox a message comes into. RFC 9051 2.3.2.
// Threads: pure functions.
#pragma once

#include <optional>

#include "store/settings.hpp"
#include "store/types.hpp"

namespace posthouse::store {

inline constexpr std::string_view kJunk = "$Junk";
inline constexpr std::string_view kNotJunk = "$NotJunk";

enum class JunkState { Neutral, Junk, NotJunk };

// What being put into this mailbox says about a message; nothing: it stays as it is. The special use Junk always says
// junk; else the first of the account's patterns junk, neutral, not_junk that matches the name, in lower case. With
// exactly two of the three given, the third holds for all other mailboxes.
std::optional<JunkState> junkStateOf(const Mailbox& mailbox, const AccountSettings& settings);

// Makes this state of a list of keywords; the other keywords stay.
void setJunkState(std::vector<std::string>& keywords, JunkState state);

// What keywords say: both set are as good as none.
JunkState junkStateOf(const std::vector<std::string>& keywords);

// The canonical spelling of a well-known keyword, of others the word itself.
std::string_view canonicalKeyword(std::string_view word);

// Keywords as a list and as the index has them, separated by one space.
std::vector<std::string> splitKeywords(std::string_view joined);

}  // namespace posthouse::store
