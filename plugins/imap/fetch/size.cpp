// RFC822.SIZE. RFC 9051 7.5.2.
#include "fetch/item.hpp"

namespace ph_imap {

void renderSize(std::string& out, const ph_row& row) {
  out += "RFC822.SIZE ";
  appendNumber(out, row.rfc822_size);
}

}  // namespace ph_imap
