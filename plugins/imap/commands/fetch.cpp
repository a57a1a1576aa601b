// FETCH. RFC 9051 6.4.5: fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" ... ")"), with
// the modifiers of RFC 7162 3.1.4.1 and 3.2.6.
#include <algorithm>

#include "commands/table.hpp"
#include "fetch/task.hpp"
#include "resync.hpp"

namespace ph_imap {

namespace {

using Kind = ph::imap::FetchItem::Kind;

bool has(const std::vector<ph::imap::FetchItem>& items, Kind kind) {
  return std::any_of(items.begin(), items.end(), [&](const auto& i) { return i.kind == kind; });
}

void insert(std::vector<ph::imap::FetchItem>& items, Kind kind) {
  if (has(items, kind)) return;
  ph::imap::FetchItem item;
  item.kind = kind;
  items.insert(items.begin(), std::move(item));
}

// The UIDs a client asks about, whether there are messages or not.
ph::imap::NumberSet asked(const Selected& mailbox, const ph::imap::SequenceSet& set) {
  return set.isSavedResult() ? mailbox.saved() : set.resolve(mailbox.highestUid());
}

// RFC 9394 3.3: some of the messages in the ranges, counted in their order.
ph::Account::Ranges partOf(const Selected& mailbox, const ph::Account::Ranges& ranges,
                           const ph::imap::PartialRange& part) {
  const ph::View& view = mailbox.view();
  const auto until = [&](uint32_t uid) { return view.below(uid) + (view.seq(uid) ? 1 : 0); };
  uint64_t total = 0;
  for (const auto& r : ranges) total += until(r.last) - view.below(r.first);
  const auto [begin, end] = part.of(total);
  ph::Account::Ranges out;
  uint64_t before = 0;
  for (const auto& r : ranges) {
    const uint64_t first = view.below(r.first);
    const uint64_t count = until(r.last) - first;
    const uint64_t from = std::max(begin, before);
    const uint64_t to = std::min(end, before + count);
    if (from < to) {
      out.push_back({view.uid(static_cast<uint32_t>(first + from - before + 1)),
                     view.uid(static_cast<uint32_t>(first + to - before))});
    }
    before += count;
  }
  return out;
}

}  // namespace

Step fetch(Session& s, ph::imap::Parser& parser) {
  FetchPlan plan;
  parser.space();
  const auto set = parser.sequenceSet();
  parser.space();
  plan.items = ph::imap::parseFetchItems(parser);
  const auto modifiers = ph::imap::parseFetchModifiers(parser);
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  for (const auto& item : plan.items) {
    if (!findItem(item.kind)) return s.bad("this data item is not offered");
  }
  if (modifiers.vanished && !(s.isUid() && s.qresync())) return s.bad("VANISHED is for UID FETCH after ENABLE QRESYNC");
  Selected& mailbox = *s.selected();
  auto ranges = mailbox.resolve(set, s.isUid());
  if (!ranges) return s.bad(ranges.error().text);
  plan.ranges = std::move(*ranges);
  if (modifiers.partial) {
    if (!s.isUid()) return s.bad("PARTIAL is for UID FETCH");
    plan.ranges = partOf(mailbox, plan.ranges, *modifiers.partial);
  }
  if (modifiers.changedSince) insert(plan.items, Kind::ModSeq);
  if (has(plan.items, Kind::ModSeq)) s.enableCondstore();
  if (s.isUid() && !s.uidOnly()) insert(plan.items, Kind::Uid);
  if (modifiers.vanished) {
    auto vanished = vanishedSince(mailbox, *modifiers.changedSince, asked(mailbox, set));
    if (!vanished) return s.no(vanished.error());
    plan.vanished = std::move(*vanished);
  }
  if (modifiers.changedSince) {
    auto changed = changedSince(mailbox, *modifiers.changedSince, std::move(plan.ranges));
    if (!changed) return s.no(changed.error());
    plan.ranges = std::move(*changed);
    plan.changedSince = modifiers.changedSince;
  }
  plan.setSeen = !mailbox.readOnly() && (mailbox.rights() & PH_RIGHT_SEEN) != 0 &&
                 std::any_of(plan.items.begin(), plan.items.end(), [](const auto& i) { return i.setsSeen(); });
  return s.begin(std::make_unique<FetchTask>(std::move(plan)));
}

}  // namespace ph_imap
