// SELECT and EXAMINE. RFC 9051 6.3.2, 6.3.3: select = "SELECT" SP mailbox; with the responses of RFC 3501 6.3.1 for
// clients that did not enable IMAP4rev2.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"

namespace ph_imap {

namespace {

constexpr std::string_view kSystemFlags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

Step open(Session& s, ph::imap::Parser& parser, bool readOnly) {
  parser.space();
  const std::string name = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  // Even when this one can't be selected, the old one is not selected any more (RFC 9051 6.3.2).
  if (s.selected()) {
    s.select(nullptr);
    s.out().raw("* OK [CLOSED] previous mailbox closed\r\n");
  }
  const auto mailbox = findMailbox(s, name);
  if (!mailbox) return s.no(mailbox.error());
  auto selected = Selected::open(s.account(), *mailbox, readOnly);
  if (!selected) return s.no(selected.error());

  auto w = s.out();
  const std::string keywords = mailbox->keywords_.empty() ? std::string() : " " + mailbox->keywords_;
  w.raw("* FLAGS (").raw(kSystemFlags).raw(keywords).raw(")\r\n");
  if (readOnly) {
    w.raw("* OK [PERMANENTFLAGS ()] read-only\r\n");
  } else {
    w.raw("* OK [PERMANENTFLAGS (").raw(kSystemFlags).raw(keywords).raw(" \\*)] all are kept\r\n");
  }
  w.raw("* ").number(selected->count()).raw(" EXISTS\r\n");
  if (!s.rev2()) w.raw("* 0 RECENT\r\n");
  // The view may be newer than the mailbox's properties: UIDNEXT is larger than any UID the client will see.
  const uint32_t uidNext = std::max(mailbox->uidnext, selected->lastUid() + 1);
  w.raw("* OK [UIDVALIDITY ").number(mailbox->uidvalidity).raw("] UIDs stay\r\n");
  w.raw("* OK [UIDNEXT ").number(uidNext).raw("] next UID\r\n");
  if (s.rev2()) w.raw("* LIST () \"/\" ").mailbox(mailbox->name_).raw("\r\n");
  s.select(std::make_unique<Selected>(std::move(*selected)));
  return s.ok(readOnly ? "examined" : "selected", readOnly ? "READ-ONLY" : "READ-WRITE");
}

}  // namespace

Step select(Session& s, ph::imap::Parser& parser) {
  return open(s, parser, false);
}

Step examine(Session& s, ph::imap::Parser& parser) {
  return open(s, parser, true);
}

}  // namespace ph_imap
