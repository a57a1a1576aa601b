// BODYSTRUCTURE, made when the message was stored. RFC 9051 7.5.2.
#include "fetch/item.hpp"

namespace ph_imap {

void renderBodyStructure(std::string& out, const ph_row& row) {
  out += "BODYSTRUCTURE ";
  out += ph::view(row.bodystructure);
}

}  // namespace ph_imap
