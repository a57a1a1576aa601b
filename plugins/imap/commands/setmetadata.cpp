// SETMETADATA. RFC 5464 4.3: setmetadata = "SETMETADATA" SP mailbox SP entry-values; all or none.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "metadata.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxValue = 65'535;
constexpr size_t kMaxChanges = 1000;

}  // namespace

Step setMetadata(Session& s, ph::imap::Parser& parser) {
  std::vector<ph::Annotation> changes;
  bool tooLong = false;
  parser.space();
  const std::string name = parser.mailbox();
  parser.space();
  parser.expect('(');
  do {
    ph::Annotation a;
    a.entry = parseEntry(parser);
    parser.space();
    a.value = parser.nstringOrLiteral8();
    tooLong = tooLong || (a.value && a.value->size() > kMaxValue);
    changes.push_back(std::move(a));
    if (changes.size() > kMaxChanges) parser.fail("too many entries");
  } while (parser.accept(' '));
  parser.expect(')');
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (tooLong) return s.no("a value is too long", "METADATA MAXSIZE " + std::to_string(kMaxValue));
  uint64_t id = 0;
  if (name.empty()) {
    // RFC 5464 6.2.2.
    for (const auto& a : changes) {
      if (a.entry == "/shared/admin") return s.no("this entry is read-only", "CANNOT");
    }
  } else {
    const auto mailbox = findMailbox(s, name);
    if (!mailbox) return s.no(mailbox.error());
    id = mailbox->id;
  }
  auto status = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk,
      [status, id, changes = std::move(changes), account = &s.account()] { *status = account->annotate(id, changes); },
      [status](Session& session) {
        if (status->ok()) return session.ok("done");
        if (status->error().kind == ph::Kind::Limit) return session.no(status->error().text, "METADATA TOOMANY");
        return session.no(status->error());
      });
}

}  // namespace ph_imap
