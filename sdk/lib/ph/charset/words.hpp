// Encoded words of headers: "=?charset?B|Q?text?=" to UTF-8 and back.
// Guarantees: decode gives valid UTF-8 for any bytes, without CR, LF, NUL; what is no encoded word stays; characters
// cut across adjacent words are joined. Encoded words are at most 64 bytes. Threads: pure functions.
// RFC 2047 2, 5, 6.2, RFC 2231 5 (language).
#pragma once

#include <string>
#include <string_view>

namespace ph::charset {

// Decodes all encoded words of an unfolded or folded field value.
std::string decodeWords(std::string_view value);

// utf8Text with encoded words (joined by blanks, so the header can fold there) where it is not plain ASCII.
std::string encodeWords(std::string_view utf8Text);
// For a phrase (display name): an atom sequence, a quoted-string or encoded words.
std::string encodePhrase(std::string_view utf8Text);

}  // namespace ph::charset
