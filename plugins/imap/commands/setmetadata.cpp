// SETMETADATA. RFC 5464 4.3: setmetadata = "SETMETADATA" SP mailbox SP entry-values; all or none.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "metadata.hpp"
#include "metadata_news.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxValue = 65'535;
constexpr size_t kMaxChanges = 1000;

Step keep(Session& s, const std::shared_ptr<ph::Account>& account, uint64_t id,
          const std::vector<ph::Annotation>& changes) {
  auto status = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk, [status, id, changes, account] { *status = account->annotate(id, changes); },
      [status, id, changes, own = account == s.ownAccount()](Session& session) {
        if (status->ok() && own && session.metadataNews()) session.metadataNews()->own(id, changes);
        if (status->ok()) return session.ok("done");
        if (status->error().kind == ph::Kind::Limit) return session.no(status->error().text, "METADATA TOOMANY");
        // RFC 5464 4.3: others' mailboxes have none.
        if (status->error().kind == ph::Kind::Invalid) return session.no(status->error().text, "METADATA NOPRIVATE");
        return session.no(status->error());
      });
}

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
  if (!name.empty()) {
    return findMailbox(s, name, right::kLookup, [changes](Session& session, ph::Result<Place> place) {
      if (!place) return session.no(place.error());
      return keep(session, place->home.account, place->info.id, changes);
    });
  }
  // RFC 5464 6.2.2.
  for (const auto& a : changes) {
    if (a.entry == "/shared/admin") return s.no("this entry is read-only", "CANNOT");
  }
  return keep(s, s.ownAccount(), 0, changes);
}

}  // namespace ph_imap
