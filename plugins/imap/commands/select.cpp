// SELECT and EXAMINE. RFC 9051 6.3.2, 6.3.3: select = "SELECT" SP mailbox [select-params]; with the responses of RFC
// 3501 6.3.1 for clients that did not enable IMAP4rev2, and the parameters of RFC 7162 3.1.8 and 3.2.5.
#include "commands/table.hpp"
#include "fetch/task.hpp"
#include "mailbox_lookup.hpp"
#include "object_id.hpp"
#include "resync.hpp"

namespace ph_imap {

namespace {

void describe(Session& s, const Selected& mailbox) {
  mailbox.writeFlags(s.buffer());
  auto w = s.out();
  w.raw("* ").number(mailbox.count()).raw(" EXISTS\r\n");
  if (!s.rev2()) w.raw("* 0 RECENT\r\n");
  w.raw("* OK [UIDVALIDITY ").number(mailbox.uidValidity()).raw("] UIDs stay\r\n");
  w.raw("* OK [UIDNEXT ").number(uint64_t{mailbox.highestUid()} + 1).raw("] next UID\r\n");
  w.raw("* OK [HIGHESTMODSEQ ").number(mailbox.modseq()).raw("] of all changes\r\n");
  w.raw("* OK [MAILBOXID (")
      .raw(mailboxId(mailbox.realm(), mailbox.mailboxId(), mailbox.uidValidity()))
      .raw(")] stays too\r\n");
  if (s.rev2()) w.raw("* LIST () \"/\" ").mailbox(mailbox.name()).raw("\r\n");
}

// What the client missed since it was here last: RFC 7162 3.2.5.1, 3.2.5.2.
Step resynchronize(Session& s, const ph::imap::Qresync& known, std::string code) {
  using Kind = ph::imap::FetchItem::Kind;
  const Selected& mailbox = *s.selected();
  const auto fail = [&](const ph::Error& error) {
    s.select(nullptr);
    return s.no(error);
  };
  const auto all = [&] {
    ph::imap::NumberSet set;
    if (mailbox.highestUid() > 0) set.addRange(1, mailbox.highestUid());
    return set;
  };
  const auto uids = known.known ? *known.known : all();
  FetchPlan plan;
  plan.done = "selected";
  plan.code = std::move(code);
  plan.isSelect = true;
  plan.changedSince = known.modseq;
  for (const Kind kind : {Kind::Uid, Kind::Flags, Kind::ModSeq}) {
    if (kind == Kind::Uid && s.uidOnly()) continue;
    plan.items.emplace_back();
    plan.items.back().kind = kind;
  }
  auto vanished = vanishedSince(mailbox, known.modseq, uids, known.match);
  if (!vanished) return fail(vanished.error());
  plan.vanished = std::move(*vanished);
  ph::Account::Ranges ranges;
  for (const auto& r : uids.ranges()) ranges.push_back({r.first, r.last});
  auto changed = changedSince(mailbox, known.modseq, std::move(ranges));
  if (!changed) return fail(changed.error());
  plan.ranges = std::move(*changed);
  return s.begin(std::make_unique<FetchTask>(std::move(plan)));
}

Step opened(Session& s, ph::Result<Place> place, const ph::imap::SelectParameters& parameters, bool readOnly) {
  if (!place) return s.no(place.error());
  const auto& info = place->info;
  auto selected = Selected::open(place->home.account, info, place->home.owner, readOnly);
  if (!selected) return s.no(selected.error());
  s.select(std::make_unique<Selected>(std::move(*selected)));
  describe(s, *s.selected());
  // RFC 4314 5.2.
  std::string code = readOnly || !(info.rights & right::kChanging) ? "READ-ONLY" : "READ-WRITE";
  // RFC 7162 3.2.5: with another UIDVALIDITY nothing the client knows is of use.
  if (parameters.qresync && parameters.qresync->uidValidity == info.uidvalidity) {
    return resynchronize(s, *parameters.qresync, std::move(code));
  }
  return s.ok(readOnly ? "examined" : "selected", code);
}

Step open(Session& s, ph::imap::Parser& parser, bool readOnly) {
  ph::imap::SelectParameters parameters;
  parser.space();
  const std::string name = parser.mailbox();
  if (parser.accept(' ')) parameters = ph::imap::parseSelectParameters(parser);
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (parameters.qresync && !s.qresync()) return s.bad("ENABLE QRESYNC first");
  if (s.uidOnly() && parameters.qresync && parameters.qresync->match) {
    return s.bad("with UIDONLY no sequence numbers are matched", "UIDREQUIRED");
  }
  // Even when this one can't be selected, the old one is not selected any more (RFC 9051 6.3.2).
  if (s.selected()) {
    s.select(nullptr);
    s.out().raw("* OK [CLOSED] previous mailbox closed\r\n");
  }
  if (parameters.condstore) s.enableCondstore();
  return findMailbox(s, name, right::kRead, [parameters, readOnly](Session& session, ph::Result<Place> place) {
    return opened(session, std::move(place), parameters, readOnly);
  });
}

}  // namespace

Step select(Session& s, ph::imap::Parser& parser) {
  return open(s, parser, false);
}

Step examine(Session& s, ph::imap::Parser& parser) {
  return open(s, parser, true);
}

}  // namespace ph_imap
