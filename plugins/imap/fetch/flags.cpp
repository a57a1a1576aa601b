// FLAGS. RFC 9051 7.5.2.
#include "flags.hpp"

#include "fetch/item.hpp"

namespace ph_imap {

void renderFlags(std::string& out, const ph_row& row) {
  out += "FLAGS ";
  appendFlags(out, row.flags, ph::view(row.keywords));
}

}  // namespace ph_imap
