// PREVIEW: the first words of the first part that has some. RFC 8970 3. Made anew each time from the part tree that the
// index keeps and a bounded piece of the part, so LAZY never needs to give up.
#include "ph/mime/preview.hpp"

#include <algorithm>

#include "fetch/item.hpp"
#include "ph/charset/convert.hpp"
#include "ph/mime/decode.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMostRead = 64 * 1024;  // of one part
constexpr int kMostParts = 5;            // looked at in vain

}  // namespace

ph::Result<Piece> previewPiece(const ph::imap::FetchItem&, const ph_row&, Source& source) {
  const auto* tree = source.tree();
  if (!tree) return ph::Error{ph::Kind::Temporary, "the message can't be read"};
  int tried = 0;
  for (ph::mime::PartIndex i = 0; i < tree->parts.size() && tried < kMostParts; ++i) {
    const auto& part = tree->parts[i];
    const bool isHtml = part.subtype == "html";
    if (part.type != "text" || part.disposition == "attachment" || (!isHtml && part.subtype != "plain")) continue;
    ++tried;
    const auto bytes = source.read(part.bodyStart, std::min(part.bodySize(), kMostRead));
    if (!bytes) return ph::Error{ph::Kind::Temporary, "the message can't be read"};
    const std::string text = ph::charset::toUtf8(tree->charset(i), ph::mime::decode(*bytes, part.encoding));
    Piece piece;
    piece.made = isHtml ? ph::mime::previewOfHtml(text) : ph::mime::previewOfText(text);
    if (!piece.made->empty()) return piece;
  }
  // RFC 8970 3.2: nothing to show is an empty string, never NIL.
  Piece empty;
  empty.made = "";
  return empty;
}

}  // namespace ph_imap
