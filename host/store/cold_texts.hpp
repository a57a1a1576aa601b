// What is computed of a message at delivery and answered to clients as it is, in the form its row keeps it in:
// together, compressed by LZ4 with a dictionary of what such texts are made of, half as large and read back in less
// than a microsecond. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace posthouse::store {

struct ColdTexts {
  std::string envelope;    // the text of FETCH ENVELOPE
  std::string structure;   // the text of FETCH BODYSTRUCTURE
  std::string parts;       // ph/mime/parts_blob.hpp
  std::string references;  // what it answers: Message-IDs, the oldest first, separated by one space

  bool operator==(const ColdTexts&) const = default;
};

std::string packTexts(const ColdTexts& texts);

// Nothing: damaged.
std::optional<ColdTexts> unpackTexts(std::string_view packed);

}  // namespace posthouse::store
