#include "mailbox_lookup.hpp"

#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

ph::Result<ph::MailboxInfo> findMailbox(Session& s, std::string_view name) {
  const auto canonical = ph::imap::canonicalMailboxName(name);
  if (!canonical) return canonical.error();
  auto found = s.account().mailbox(*canonical);
  if (found && !found->exists) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
  return found;
}

}  // namespace ph_imap
