// BODY: BODYSTRUCTURE without extension data. RFC 9051 7.5.2. Asked for rarely, so made anew each time.
#include "fetch/item.hpp"
#include "ph/imap/bodystructure.hpp"

namespace ph_imap {

ph::Result<Piece> bodyPiece(const ph::imap::FetchItem&, const ph_row&, Source& source) {
  const auto bytes = source.contents();
  const auto* tree = source.tree();
  if (!bytes || !tree) return ph::Error{ph::Kind::Temporary, "the message can't be read"};
  return Piece{false, ph::imap::bodyStructure(*bytes, *tree, false)};
}

}  // namespace ph_imap
