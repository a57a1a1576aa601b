// The author's domains of a message, as DMARC takes them from its header.
// Guarantees: any header gives a list; domains in lower-case A-labels, each once. Threads: pure function.
// RFC 7489 6.6.1, RFC 5322 3.6.2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph_mailauth {

inline constexpr size_t kMaxAuthors = 8;  // more domains than this are nobody's honest mail

struct Authors {
  size_t fields = 0;                 // From fields
  std::vector<std::string> domains;  // of all their addresses, at most kMaxAuthors
  bool tooMany = false;
};

// `message`: at least its header section.
Authors authorsOf(std::string_view message);

}  // namespace ph_mailauth
