#include "search/message_text.hpp"

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/mime/decode.hpp"
#include "ph/text/ascii.hpp"

namespace ph_imap {

namespace {

bool holds(std::string_view text, const std::string& folded) {
  return ph::charset::foldCase(text).find(folded) != std::string::npos;
}

bool valueHas(const ph::header::Field& field, const std::string& folded) {
  return folded.empty() || holds(ph::charset::decodeWords(ph::header::unfold(field.value)), folded);
}

}  // namespace

bool fieldHas(const ph::header::Block& header, std::string_view name, const std::string& folded) {
  for (const auto& field : header.fields()) {
    if (ph::text::equalsNoCase(field.name, name) && valueHas(field, folded)) return true;
  }
  return false;
}

bool anyFieldHas(const ph::header::Block& header, const std::string& folded) {
  for (const auto& field : header.fields()) {
    const std::string value = ph::charset::decodeWords(ph::header::unfold(field.value));
    if (holds(std::string(field.name) + ": " + value, folded)) return true;
  }
  return false;
}

bool enclosedHeadersHave(std::string_view message, const ph::mime::Tree& tree, const std::string& folded) {
  for (const auto& part : tree.parts) {
    if (part.parent == ph::mime::kNoPart || !tree.parts[part.parent].isMessage()) continue;
    const auto header = message.substr(part.headerStart, part.bodyStart - part.headerStart);
    if (anyFieldHas(ph::header::Block(header), folded)) return true;
  }
  return false;
}

bool textHas(std::string_view message, const ph::mime::Tree& tree, const std::string& folded) {
  for (ph::mime::PartIndex i = 0; i < tree.parts.size(); ++i) {
    const auto& part = tree.parts[i];
    if (part.type != "text" || part.firstChild != ph::mime::kNoPart) continue;
    const auto text = ph::mime::decodeText(message, tree, i);
    if (text && holds(*text, folded)) return true;
  }
  return false;
}

}  // namespace ph_imap
