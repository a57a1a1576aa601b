// Looking for text in headers and bodies as a reader sees them: decoded, case folded.
// Guarantees: any bytes are searched without failure; an empty text is found wherever there is something to look in.
// Threads: pure functions. RFC 9051 6.4.4.
#pragma once

#include <string>
#include <string_view>

#include "ph/header/block.hpp"
#include "ph/mime/tree.hpp"

namespace ph_imap {

// `folded` is what ph::charset::foldCase gave, here and below.
bool fieldHas(const ph::header::Block& header, std::string_view name, const std::string& folded);
// Names and values of all fields.
bool anyFieldHas(const ph::header::Block& header, const std::string& folded);
// Headers of messages inside the message.
bool enclosedHeadersHave(std::string_view message, const ph::mime::Tree& tree, const std::string& folded);
// All text parts.
bool textHas(std::string_view message, const ph::mime::Tree& tree, const std::string& folded);

}  // namespace ph_imap
