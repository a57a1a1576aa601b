#include "ph/mime/search_text.hpp"

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/mime/decode.hpp"
#include "ph/text/ascii.hpp"

namespace ph::mime {

namespace {

using Visit = std::function<bool(const std::string& folded)>;

std::string valueOf(const header::Field& field) {
  return charset::decodeWords(header::unfold(field.value));
}

// False: the visitor ended it, here and below.
bool visitFields(const header::Block& header, const Visit& visit) {
  for (const auto& field : header.fields()) {
    if (!visit(charset::foldCase(std::string(field.name) + ": " + valueOf(field)))) return false;
  }
  return true;
}

bool visitEnclosedHeaders(std::string_view message, const Tree& tree, const Visit& visit) {
  for (const auto& part : tree.parts) {
    if (part.parent == kNoPart || !tree.parts[part.parent].isMessage()) continue;
    const auto header = message.substr(part.headerStart, part.bodyStart - part.headerStart);
    if (!visitFields(header::Block(header), visit)) return false;
  }
  return true;
}

bool visitTexts(std::string_view message, const Tree& tree, const Visit& visit) {
  for (PartIndex i = 0; i < tree.parts.size(); ++i) {
    const auto& part = tree.parts[i];
    if (part.type != "text" || part.firstChild != kNoPart) continue;
    const auto text = decodeText(message, tree, i);
    if (text && !visit(charset::foldCase(*text))) return false;
  }
  return true;
}

// Goes on until it is found.
Visit lookingFor(const std::string& folded) {
  return [&folded](const std::string& text) { return text.find(folded) == std::string::npos; };
}

}  // namespace

bool fieldHas(const header::Block& header, std::string_view name, const std::string& folded) {
  for (const auto& field : header.fields()) {
    if (!text::equalsNoCase(field.name, name)) continue;
    if (folded.empty() || charset::foldCase(valueOf(field)).find(folded) != std::string::npos) return true;
  }
  return false;
}

bool anyFieldHas(const header::Block& header, const std::string& folded) {
  return !visitFields(header, lookingFor(folded));
}

bool enclosedHeadersHave(std::string_view message, const Tree& tree, const std::string& folded) {
  return !visitEnclosedHeaders(message, tree, lookingFor(folded));
}

bool textHas(std::string_view message, const Tree& tree, const std::string& folded) {
  return !visitTexts(message, tree, lookingFor(folded));
}

void eachPiece(std::string_view message, const Tree& tree, const Visit& piece) {
  (void)(visitFields(header::Block(message), piece) && visitEnclosedHeaders(message, tree, piece) &&
         visitTexts(message, tree, piece));
}

}  // namespace ph::mime
