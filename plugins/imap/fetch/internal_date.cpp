// INTERNALDATE. RFC 9051 7.5.2.
#include "fetch/item.hpp"
#include "ph/date/date.hpp"

namespace ph_imap {

void renderInternalDate(std::string& out, const ph_row& row) {
  out += "INTERNALDATE \"";
  out += ph::date::formatImapDateTime({row.internal_date, row.zone_minutes});
  out += '"';
}

}  // namespace ph_imap
