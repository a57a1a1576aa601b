// Headers and bodies as a reader sees them, for searching: decoded, case folded.
// Guarantees: any bytes are searched without failure; an empty text is found wherever there is something to look in;
// what anyFieldHas, enclosedHeadersHave or textHas finds stands within one piece that eachPiece gives.
// Threads: pure functions. RFC 9051 6.4.4.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ph/header/block.hpp"
#include "ph/mime/tree.hpp"

namespace ph::mime {

// `folded` is what ph::charset::foldCase gave, here and below.
bool fieldHas(const header::Block& header, std::string_view name, const std::string& folded);
// Names and values of all fields.
bool anyFieldHas(const header::Block& header, const std::string& folded);
// Headers of messages inside the message.
bool enclosedHeadersHave(std::string_view message, const Tree& tree, const std::string& folded);
// All text parts.
bool textHas(std::string_view message, const Tree& tree, const std::string& folded);

// All that can be found: each field as "Name: value", each text part; case folded. False of `piece` ends it.
void eachPiece(std::string_view message, const Tree& tree, const std::function<bool(const std::string& folded)>& piece);

}  // namespace ph::mime
