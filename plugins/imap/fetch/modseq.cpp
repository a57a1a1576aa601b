// MODSEQ. RFC 7162 3.1.4.2.
#include "fetch/item.hpp"

namespace ph_imap {

void renderModseq(std::string& out, const ph_row& row) {
  out += "MODSEQ (";
  appendNumber(out, row.modseq);
  out += ')';
}

}  // namespace ph_imap
