// Flags as a client writes them, as the store takes them. RFC 9051 2.3.2, 9 (flag).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ph_imap {

struct Flags {
  uint32_t system = 0;   // PH_FLAG_*
  std::string keywords;  // separated by one blank, each once
};

// Flags that begin with a backslash and are unknown are left out: the mailbox does not permit them.
Flags splitFlags(const std::vector<std::string>& names);

// Whether `list` (separated by blanks) holds `word`, ASCII case ignored.
bool hasWord(std::string_view list, std::string_view word);

// "(\Seen \Flagged keyword)"; keywords separated by one blank, as the store has them.
void appendFlags(std::string& out, uint32_t flags, std::string_view keywords);

}  // namespace ph_imap
