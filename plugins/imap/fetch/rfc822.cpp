// RFC822, RFC822.HEADER and RFC822.TEXT. RFC 3501 6.4.5: other names of BODY[], BODY.PEEK[HEADER] and BODY[TEXT].
#include "fetch/item.hpp"

namespace ph_imap {

ph::Result<Piece> rfc822Piece(const ph::imap::FetchItem& item, const ph_row& row, Source&) {
  using Kind = ph::imap::FetchItem::Kind;
  Piece piece;
  if (item.kind == Kind::Rfc822Text) piece.offset = row.header_size;
  piece.size = (item.kind == Kind::Rfc822Header ? row.header_size : row.rfc822_size) - piece.offset;
  return piece;
}

}  // namespace ph_imap
