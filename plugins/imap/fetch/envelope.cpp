// ENVELOPE, made when the message was stored. RFC 9051 7.5.2.
#include "fetch/item.hpp"

namespace ph_imap {

void renderEnvelope(std::string& out, const ph_row& row) {
  out += "ENVELOPE ";
  out += ph::view(row.envelope);
}

}  // namespace ph_imap
