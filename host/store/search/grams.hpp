// What of a text the full-text index can look for: its runs of three characters.
// Threads: pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace posthouse::store::search {

// An FTS5 expression for messages that can hold all of `words` (any case), each somewhere; empty: nothing in them is
// long enough. Long words are looked for by some of their trigrams: finding too much is allowed, too little never.
std::string matchExpression(const std::vector<std::string>& words);

}  // namespace posthouse::store::search
