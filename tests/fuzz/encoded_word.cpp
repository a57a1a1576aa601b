// Decoded header text is clean UTF-8 for any bytes; what is encoded decodes to the same and stays within a line.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/mime/parameters.hpp"
#include "ph/text/ascii.hpp"

namespace {
using namespace ph;

void require(bool holds) {
  if (!holds) std::abort();
}

bool isClean(std::string_view s) {
  return s.find_first_of(std::string_view("\r\n\0", 3)) == s.npos;
}

void checkEncoded(std::string_view encoded) {
  while (!encoded.empty()) {
    const std::string_view word = encoded.substr(0, encoded.find(' '));
    require(word.size() <= 64 && text::isAscii(word));
    encoded.remove_prefix(word.size() < encoded.size() ? word.size() + 1 : word.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string decoded = charset::decodeWords(text);
  require(charset::isValidUtf8(decoded) && isClean(decoded));
  const std::string again = charset::encodeWords(decoded);
  require(charset::decodeWords(again) == decoded);
  if (again != decoded) checkEncoded(again);
  const std::string phrase = charset::encodePhrase(decoded);
  require(text::isAscii(phrase) && isClean(phrase));

  const size_t space = text.find(' ');
  if (space != text.npos) {
    require(charset::isValidUtf8(charset::toUtf8(text.substr(0, space), text.substr(space + 1))));
  }
  const std::string folded = charset::foldCase(text);
  require(charset::isValidUtf8(folded) && charset::foldCase(folded) == folded);

  mime::Parameters parameters;
  mime::parseParameters(text, parameters);
  for (const mime::Parameter& one : parameters.decoded()) {
    require(charset::isValidUtf8(one.value) && isClean(one.value));
    require(parameters.get(one.name) == one.value);
  }
  return 0;
}
