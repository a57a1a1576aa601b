// What the index keeps about a message's content, computed once when it is stored.
#pragma once

#include <string>
#include <string_view>

namespace posthouse::store {

struct Description {
  std::size_t headerSize = 0;  // up to and with the empty line
  std::string messageId;       // without angle brackets, empty when there is none
  std::string envelope;        // RFC 9051 7.5.2 ENVELOPE
  std::string structure;       // RFC 9051 7.5.2 BODYSTRUCTURE
  std::string parts;           // ph/mime/parts_blob.hpp
};

// `message` is what clients see. Any bytes are accepted.
Description describe(std::string_view message);

}  // namespace posthouse::store
