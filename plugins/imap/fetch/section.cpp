// BODY[section]<partial>. RFC 9051 6.4.5.1: whole message, header, text and header fields come without the part tree.
#include "ph/mime/section.hpp"
#include "fetch/item.hpp"
#include "ph/header/block.hpp"

namespace ph_imap {

namespace {

using Text = ph::imap::Section::Text;

ph::Error unreadable() {
  return {ph::Kind::Temporary, "the message can't be read"};
}

std::string sectionName(const ph::imap::Section& section) {
  std::string out;
  for (const uint32_t number : section.part) {
    if (!out.empty()) out += '.';
    appendNumber(out, number);
  }
  const auto add = [&](const char* word) { out += out.empty() ? word : std::string(".") + word; };
  switch (section.text) {
    case Text::None:
      break;
    case Text::Header:
    case Text::HeaderFields:
    case Text::HeaderFieldsNot:
      add("HEADER");
      break;
    case Text::Text:
      add("TEXT");
      break;
    case Text::Mime:
      add("MIME");
      break;
  }
  return out;
}

// The range without looking at header fields.
ph::Result<Piece> range(const ph::imap::Section& section, const ph_row& row, Source& source) {
  Piece piece;
  if (section.part.empty()) {
    if (section.text == Text::Text) piece.offset = row.header_size;
    const bool whole = section.text == Text::None || section.text == Text::Text;
    piece.size = (whole ? row.rfc822_size : row.header_size) - piece.offset;
    return piece;
  }
  const auto* tree = source.tree();
  if (!tree) return unreadable();
  const auto found = ph::mime::findSection(*tree, sectionName(section));
  if (!found) return ph::Error{ph::Kind::NotFound, found.error().text};
  piece.offset = found->offset;
  piece.size = found->size;
  return piece;
}

}  // namespace

ph::Result<Piece> sectionPiece(const ph::imap::FetchItem& item, const ph_row& row, Source& source) {
  const auto& section = item.section;
  auto piece = range(section, row, source);
  if (!piece || (section.text != Text::HeaderFields && section.text != Text::HeaderFieldsNot)) return piece;
  const auto header = source.read(piece->offset, piece->size);
  if (!header) return unreadable();
  const std::vector<std::string_view> names(section.fields.begin(), section.fields.end());
  return Piece{false, ph::header::subset(*header, names, section.text == Text::HeaderFieldsNot)};
}

}  // namespace ph_imap
