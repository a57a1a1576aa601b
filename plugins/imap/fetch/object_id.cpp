// EMAILID and THREADID. RFC 8474 5.3.
#include "object_id.hpp"

#include "fetch/item.hpp"

namespace ph_imap {

void renderEmailId(std::string& out, const ph_row& row) {
  out.append("EMAILID (").append(emailId(row)).append(")");
}

void renderThreadId(std::string& out, const ph_row& row) {
  out.append("THREADID (").append(threadId(row)).append(")");
}

}  // namespace ph_imap
