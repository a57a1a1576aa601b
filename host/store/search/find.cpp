#include "store/search/find.hpp"

#include <algorithm>
#include <set>

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/imap/envelope_fields.hpp"
#include "store/search/account_search.hpp"
#include "store/search/message_text.hpp"

namespace posthouse::store::search {
namespace {

using ph::imap::EnvelopeFields;

bool holdsAll(Account& account, const Row& row, std::vector<std::string> folded) {
  (void)eachText(account, row.id, row.parts, row.envelope, [&](const std::string& piece) {
    std::erase_if(folded, [&](const std::string& word) { return piece.find(word) != std::string::npos; });
    return !folded.empty();
  });
  return folded.empty();
}

FoundMessage describe(const Mailbox& mailbox, const Row& row) {
  const EnvelopeFields envelope(row.envelope);
  const auto from = envelope.addresses(EnvelopeFields::From);
  return {mailbox.name,
          row.uid,
          row.id,
          row.date,
          from.empty() ? "" : readable(from.front()),
          ph::charset::decodeWords(envelope.text(EnvelopeFields::Subject))};
}

// Ranges of UIDs that can match, the highest first.
ph::Result<std::vector<UidRange>> rangesOf(Account& account, MailboxId mailbox, const std::vector<std::string>& words) {
  std::set<Uid> uids;
  MessageId from = 0;
  do {
    const auto some = account.search().candidates(mailbox, words, from);
    if (!some && some.error().kind == ph::Kind::Unavailable) {
      // All of them, in pieces: the end of the mailbox comes first.
      const auto view = account.view(mailbox);
      if (!view) return view.error();
      std::vector<UidRange> out;
      for (auto seq = (*view)->count(); seq > 0;) {
        const auto first = seq > View::kChunk ? seq - static_cast<std::uint32_t>(View::kChunk) + 1 : 1;
        out.push_back({(*view)->uidAt(first), (*view)->uidAt(seq)});
        seq = first - 1;
      }
      return out;
    }
    if (!some) return some.error();
    uids.insert(some->uids.begin(), some->uids.end());
    from = some->next;
  } while (from != 0);
  std::vector<UidRange> out;
  for (auto uid = uids.rbegin(); uid != uids.rend(); ++uid) out.push_back({*uid, *uid});
  return out;
}

}  // namespace

ph::Result<std::vector<FoundMessage>> find(Account& account, const std::vector<std::string>& words, std::size_t max) {
  std::vector<std::string> folded;
  for (const auto& word : words) folded.push_back(ph::charset::foldCase(word));
  const auto mailboxes = account.mailboxes();
  if (!mailboxes) return mailboxes.error();
  std::vector<FoundMessage> out;
  for (const auto& mailbox : *mailboxes) {
    if (!mailbox.exists) continue;
    const auto ranges = rangesOf(account, mailbox.id, words);
    if (!ranges && ranges.error().kind == ph::Kind::NotFound) continue;  // deleted meanwhile
    if (!ranges) return ranges.error();
    for (const auto& range : *ranges) {
      std::vector<Row> rows;
      for (Uid next = range.first; next != 0;) {
        auto batch = account.query(mailbox.id, next, range.last, kSize | kEnvelope | kParts);
        if (!batch) return batch.error();
        std::move(batch->rows.begin(), batch->rows.end(), std::back_inserter(rows));
        next = batch->next;
      }
      for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        if (out.size() >= max) return out;
        if (holdsAll(account, *row, folded)) out.push_back(describe(mailbox, *row));
      }
    }
  }
  return out;
}

}  // namespace posthouse::store::search
