// UID. RFC 9051 6.4.5.
#include "fetch/item.hpp"

namespace ph_imap {

void renderUid(std::string& out, const ph_row& row) {
  out += "UID ";
  appendNumber(out, row.uid);
}

}  // namespace ph_imap
