// What the index keeps about a message's content, computed once when it is stored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/cold_texts.hpp"

namespace posthouse::store {

// What says to which thread a message belongs.
struct Ancestry {
  std::string messageId;                // without angle brackets, empty when there is none
  std::vector<std::string> references;  // the nearest first, each once, not itself
  std::int64_t subject = 0;             // hash of the base subject, case-folded; 0: none
  bool isReply = false;                 // the subject had a "Re:" or was forwarded
  bool isReport = false;                // multipart/report of a delivery or a disposition
};

inline constexpr std::size_t kMaxReferences = 100;

struct Description {
  std::size_t headerSize = 0;  // up to and with the empty line
  ColdTexts texts;
  Ancestry ancestry;
};

// Of a message or its header section alone. Any bytes are accepted.
Ancestry ancestryOf(std::string_view header);

// `message` is what clients see. Any bytes are accepted.
Description describe(std::string_view message);

}  // namespace posthouse::store
