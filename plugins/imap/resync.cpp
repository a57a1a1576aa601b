#include "resync.hpp"

namespace ph_imap {

namespace {

// RFC 7162 3.2.5.2: up to the last pair that is right the client knows of every expunge.
uint32_t matchedUid(const ph::View& view, const ph::imap::Qresync::Match& match) {
  uint32_t matched = 0;
  ph::imap::NumberCursor uid(match.uids);
  for (ph::imap::NumberCursor seq(match.numbers); !seq.isAtEnd() && *seq <= view.count(); seq.next(), uid.next()) {
    if (view.uid(*seq) == *uid) matched = *uid;
  }
  return matched;
}

// The UIDs of `known` above `floor` that are not in the view.
ph::imap::NumberSet missing(const Selected& mailbox, const ph::imap::NumberSet& known, uint32_t floor) {
  ph::imap::NumberSet out;
  const ph::View& view = mailbox.view();
  if (floor >= mailbox.highestUid()) return out;
  ph::imap::NumberSet possible;
  possible.addRange(floor + 1, mailbox.highestUid());
  const auto asked = known.intersect(possible);
  for (const auto& r : asked.ranges()) {
    uint32_t from = r.first;
    for (uint32_t seq = view.below(r.first) + 1; seq <= view.count() && view.uid(seq) <= r.last; ++seq) {
      const uint32_t uid = view.uid(seq);
      if (uid > from) out.addRange(from, uid - 1);
      from = uid + 1;
    }
    if (from != 0 && from <= r.last) out.addRange(from, r.last);
  }
  return out;
}

}  // namespace

ph::Result<ph::imap::NumberSet> vanishedSince(const Selected& mailbox, uint64_t since, const ph::imap::NumberSet& known,
                                              const std::optional<ph::imap::Qresync::Match>& match) {
  ph::imap::NumberSet out;
  const auto read = mailbox.account().changes(mailbox.mailboxId(), since, [&](const ph_change& c) {
    if (c.kind == PH_CHANGE_EXPUNGED && known.contains(c.uid) && mailbox.view().seq(c.uid) == 0) out.add(c.uid);
  });
  if (read.ok()) return out;
  if (read.error().kind != ph::Kind::Conflict) return read.error();
  return missing(mailbox, known, match ? matchedUid(mailbox.view(), *match) : 0);
}

ph::Result<ph::Account::Ranges> changedSince(const Selected& mailbox, uint64_t since, ph::Account::Ranges ranges) {
  std::vector<ph::imap::NumberRange> plain;
  for (const auto& r : ranges) plain.push_back({r.first, r.last});
  const auto asked = ph::imap::NumberSet::fromRanges(std::move(plain));
  ph::imap::NumberSet changed;
  const auto read = mailbox.account().changes(mailbox.mailboxId(), since, [&](const ph_change& c) {
    if (c.kind != PH_CHANGE_EXPUNGED && asked.contains(c.uid) && mailbox.view().seq(c.uid) != 0) changed.add(c.uid);
  });
  if (!read.ok()) {
    if (read.error().kind != ph::Kind::Conflict) return read.error();
    return ranges;
  }
  ph::Account::Ranges out;
  for (const auto& r : changed.ranges()) out.push_back({r.first, r.last});
  return out;
}

}  // namespace ph_imap
