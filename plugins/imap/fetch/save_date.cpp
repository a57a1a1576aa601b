// SAVEDATE: when the message came into this mailbox. RFC 8514 4.2.
#include "fetch/item.hpp"
#include "ph/date/date.hpp"

namespace ph_imap {

void renderSaveDate(std::string& out, const ph_row& row) {
  out += "SAVEDATE \"";
  out += ph::date::formatImapDateTime({row.save_date, row.zone_minutes});
  out += '"';
}

}  // namespace ph_imap
