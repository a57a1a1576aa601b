// The first words of a text, for a list of messages. RFC 8970 3.3.
//
// Guarantees: valid UTF-8 on one line, at most kPreviewLength characters, whatever comes in; linear. Quoted lines of
// plain text, its signature, and of HTML everything that is not shown are left out. Threads: pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ph::mime {

inline constexpr std::size_t kPreviewLength = 200;

// `text`: valid UTF-8.
std::string previewOfText(std::string_view text);
std::string previewOfHtml(std::string_view html);

}  // namespace ph::mime
