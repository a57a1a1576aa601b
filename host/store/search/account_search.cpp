// Opening, looking up and indexing; see account_search.hpp and docs/design/search.md.
#include "store/search/account_search.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "log/log.hpp"
#include "store/account.hpp"
#include "store/cold_texts.hpp"
#include "store/core.hpp"
#include "store/search/grams.hpp"
#include "store/search/message_text.hpp"

namespace posthouse::store::search {
namespace {

const log::Log kLog("search");

constexpr MessageId kNoEnd = std::numeric_limits<MessageId>::max() - 1;
// One step: a transaction that takes a fraction of a second.
constexpr std::size_t kStepMessages = 256;
constexpr std::size_t kStepText = 4 * 1024 * 1024;
constexpr std::uint64_t kRoom = 64 * 1024 * 1024;  // and what merging the index takes for a while
// One call of candidates().
constexpr std::size_t kHits = 4096;
constexpr std::size_t kMaxUnknown = 8192;
constexpr std::size_t kManyGaps = 100;
// A lookup costs as much as reading so many messages, and one more for so many messages of the account.
constexpr std::uint64_t kFewMessages = 32;
constexpr std::uint64_t kManyPerMessage = 256;
// Postings of messages that are gone are dropped by beginning anew.
constexpr std::int64_t kOutgrown = 1000;

ph::Error scanInstead(const char* why) {
  return {ph::Kind::Unavailable, why};
}

// Where to look for what is not done, from above `from` up to `to`. With many gaps, which expunged messages leave, one
// look over all is cheaper; whoever looks leaves out what is done.
std::vector<IdRange> unknown(const IdRanges& done, MessageId from, MessageId to) {
  auto gaps = done.gaps(from + 1, to);
  if (gaps.size() > kManyGaps) gaps = {{gaps.front().first, gaps.back().last}};
  return gaps;
}

bool isDamage(const ph::Error& error) {
  return error.kind == ph::Kind::Permanent || error.kind == ph::Kind::Bug || error.kind == ph::Kind::Unavailable ||
         error.kind == ph::Kind::Conflict;
}

}  // namespace

AccountSearch::AccountSearch(Account& account, Core& core)
    : account_(account), core_(core), path_(core.folder + "/search.db") {}
AccountSearch::~AccountSearch() = default;

// --- the file --------------------------------------------------------------------------------------------------------

ph::Status AccountSearch::refuseForeign(SearchDb& db, const IdRanges& done) {
  if (!done.isEmpty() && done.ranges().back().last >= core_.idBound())
    return ph::Error{ph::Kind::Permanent, "names messages that never were"};
  const auto witness = db.witness();
  if (!witness) return witness.error();
  if (!*witness) return {};
  auto index = core_.reader();
  if (!index) return index.error();
  db::Scoped row((*index)->cached("SELECT hash FROM cold WHERE id=?"));
  row->bind(1, (*witness)->id);
  const auto found = row->step();
  if (!found) return found.error();
  if (*found && row->bytes(0) != (*witness)->hash) return ph::Error{ph::Kind::Permanent, "was made of other messages"};
  return {};
}

ph::Status AccountSearch::openLocked(bool create) {
  auto db = SearchDb::open(core_.vfs, path_, create);
  if (!db) return db.error();
  auto done = db->done();
  if (!done) return done.error();
  auto loose = db->loose();
  if (!loose) return loose.error();
  if (auto own = refuseForeign(*db, *done); !own) return own;
  writer_.emplace(std::move(*db));
  const std::lock_guard guard(stateMutex_);
  done_ = std::make_shared<const IdRanges>(std::move(*done));
  loose_ = std::make_shared<const std::vector<MessageId>>(std::move(*loose));
  return {};
}

ph::Status AccountSearch::ensureOpen(bool create) {
  if (isDamaged_.exchange(false)) {
    if (auto gone = discardLocked(); !gone) return gone;
  }
  if (writer_) return {};
  auto opened = openLocked(create);
  if (opened || !isDamage(opened.error())) return opened;
  kLog.warn("search.db is made anew", {{"account", core_.name}, {"reason", opened.error().text}});
  if (auto gone = discardLocked(); !gone) return gone;
  return openLocked(create);
}

ph::Status AccountSearch::discardLocked() {
  const std::unique_lock gate(gate_);
  {
    const std::lock_guard guard(stateMutex_);
    done_.reset();
    loose_.reset();
  }
  writer_.reset();
  reader_.reset();
  passed_ = 0;
  return SearchDb::remove(core_.vfs, path_);
}

ph::Status AccountSearch::reset() {
  hurry_ = true;
  {
    const std::lock_guard guard(stepMutex_);
    hurry_ = false;
    if (auto gone = discardLocked(); !gone) return gone;
  }
  if (core_.onArrival) core_.onArrival();
  return {};
}

bool AccountSearch::rest() {
  const std::unique_lock step(stepMutex_, std::try_to_lock);
  const std::unique_lock gate(gate_, std::try_to_lock);
  if (!step || !gate) return false;
  const std::lock_guard guard(stateMutex_);
  done_.reset();
  loose_.reset();
  writer_.reset();
  reader_.reset();
  return true;
}

// --- looking up ------------------------------------------------------------------------------------------------------

ph::Result<std::vector<MessageId>> AccountSearch::match(const std::string& expression, MessageId from,
                                                        std::size_t limit) {
  std::optional<SearchDb> db;
  {
    const std::lock_guard guard(readersMutex_);
    db.swap(reader_);
  }
  if (!db) {
    auto opened = SearchDb::open(core_.vfs, path_, false);
    if (!opened) return opened.error();
    db.emplace(std::move(*opened));
  }
  auto ids = db->match(expression, from, limit);
  if (ids) {
    const std::lock_guard guard(readersMutex_);
    reader_.swap(db);
  }
  return ids;
}

ph::Result<Candidates> AccountSearch::candidates(MailboxId mailbox, const std::vector<std::string>& words,
                                                 MessageId from) {
  if (!core_.options.search) return scanInstead("searching is not indexed");
  const auto expression = matchExpression(words);
  if (expression.empty()) return scanInstead("the words are too short");
  std::shared_ptr<const IdRanges> done;
  std::shared_ptr<const std::vector<MessageId>> loose;
  const auto look = [&] {
    const std::lock_guard guard(stateMutex_);
    done = done_;
    loose = loose_;
    return done != nullptr;
  };
  if (!look()) {
    // A step may take long when the machine is busy with what matters more: nobody waits for it.
    const std::unique_lock step(stepMutex_, std::try_to_lock);
    if (!step || !ensureOpen(false) || !look()) return scanInstead("there is no index yet");
  }
  auto index = core_.reader();
  if (!index) return index.error();
  if (from == 0) {
    db::Scoped row((*index)->cached("SELECT messages,(SELECT sum(messages) FROM mailboxes) FROM mailboxes WHERE id=?"));
    row->bind(1, mailbox);
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return ph::Error{ph::Kind::NotFound, "no such mailbox"};
    const auto here = static_cast<std::uint64_t>(row->integer(0));
    if (here <= kFewMessages + static_cast<std::uint64_t>(row->integer(1)) / kManyPerMessage)
      return scanInstead("the mailbox is small");
  }

  Candidates out;
  MessageId upTo = kNoEnd;
  std::vector<MessageId> ids;
  {
    // What is done must be said of the file that is asked, which nobody replaces meanwhile.
    const std::shared_lock gate(gate_);
    if (!look()) return scanInstead("there is no index any more");
    auto matched = match(expression, from, kHits);
    if (!matched) {
      kLog.warn("search.db can't be read", {{"account", core_.name}, {"reason", matched.error().text}});
      if (isDamage(matched.error())) isDamaged_ = true;
      return scanInstead("the index can't be read");
    }
    ids = std::move(*matched);
  }
  if (ids.size() == kHits) upTo = out.next = ids.back();
  for (const auto id : *loose)
    if (id > from && id <= upTo) ids.push_back(id);
  for (const auto id : ids) {
    db::Scoped row((*index)->cached("SELECT uid FROM messages WHERE id=? AND mailbox=?"));
    row->bind(1, id).bind(2, mailbox);
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      out.uids.push_back(static_cast<Uid>(row->integer(0)));
    }
  }
  std::size_t count = 0;
  for (const auto& range : unknown(*done, from, upTo)) {
    db::Scoped row((*index)->cached("SELECT uid,id FROM messages WHERE id BETWEEN ? AND ? AND mailbox=?"));
    row->bind(1, range.first).bind(2, range.last).bind(3, mailbox);
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      if (done->contains(row->integer(1))) continue;
      if (++count > kMaxUnknown) return scanInstead("too much is not indexed yet");
      out.uids.push_back(static_cast<Uid>(row->integer(0)));
    }
  }
  return out;
}

// --- indexing --------------------------------------------------------------------------------------------------------

ph::Result<bool> AccountSearch::step() {
  const std::lock_guard guard(stepMutex_);
  if (auto open = ensureOpen(true); !open) return open.error();
  auto more = stepLocked();
  if (!more) {
    if (writer_) writer_->rollback();
    if (isDamage(more.error())) (void)discardLocked();
  }
  return more;
}

// What comes next of all that no range names. A pass goes up through the ids once; what came in below it meanwhile (ids
// are not committed in order, and an expunged message may come back) is found by the next one.
ph::Result<std::vector<AccountSearch::Pending>> AccountSearch::pending(const IdRanges& done) {
  std::vector<Pending> out;
  auto index = core_.reader();
  if (!index) return index.error();
  for (const auto& range : unknown(done, passed_, kNoEnd)) {
    db::Scoped row((*index)->cached("SELECT DISTINCT id FROM messages WHERE id BETWEEN ? AND ? ORDER BY id"));
    row->bind(1, range.first).bind(2, range.last);
    while (out.size() < kStepMessages) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      if (!done.contains(row->integer(0))) out.push_back({row->integer(0), {}, {}, {}});
    }
    if (out.size() == kStepMessages) break;
  }
  for (auto& message : out) {
    db::Scoped row((*index)->cached("SELECT hash,texts FROM cold WHERE id=?"));
    row->bind(1, message.id);
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) continue;  // expunged meanwhile: it can't be read
    message.hash = row->bytes(0);
    auto texts = unpackTexts(row->bytes(1));
    if (!texts) continue;
    message.parts = std::move(texts->parts);
    message.envelope = std::move(texts->envelope);
  }
  return out;
}

// Nothing: too large, or not readable.
std::optional<std::string> AccountSearch::textOf(const Pending& message) {
  std::string out;
  bool fits = true;
  const auto read = eachText(account_, message.id, message.parts, message.envelope, [&](const std::string& piece) {
    fits = out.size() + piece.size() < kMaxText;
    if (fits) out.append(piece).append("\n");
    return fits;
  });
  if (!read) return std::nullopt;
  if (!fits) return std::nullopt;
  // The tokenizer ends at NUL.
  std::replace(out.begin(), out.end(), '\0', ' ');
  return out;
}

// As many as a step takes; the others are dropped from the list.
ph::Status AccountSearch::indexAll(std::vector<Pending>& messages, IdRanges& done) {
  std::size_t bytes = 0;
  auto loose = *loose_;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto id = messages[i].id;
    const auto text = textOf(messages[i]);
    if (text) {
      if (auto added = writer_->add(id, *text); !added) return added;
      bytes += text->size();
    } else {
      if (auto added = writer_->addLoose(id); !added) return added;
      loose.push_back(id);
    }
    done.add({id, id});
    if ((bytes >= kStepText || hurry_) && i + 1 < messages.size()) {
      messages.resize(i + 1);
      break;
    }
  }
  const std::lock_guard guard(stateMutex_);
  loose_ = std::make_shared<const std::vector<MessageId>>(std::move(loose));
  return {};
}

ph::Result<bool> AccountSearch::isOutgrown() {
  const auto indexed = writer_->indexed();
  if (!indexed) return indexed.error();
  if (*indexed < kOutgrown) return false;
  auto index = core_.reader();
  if (!index) return index.error();
  const auto there = (*index)->integer("SELECT count(*) FROM cold");
  if (!there) return there.error();
  return *indexed > 2 * *there + kOutgrown;
}

// The index must not take the room that mail needs.
ph::Status AccountSearch::checkRoom() {
  const auto& o = core_.options;
  if (o.reserveBytes == 0) return {};
  const auto space = core_.env.space(core_.folder);
  if (!space) return space.error();
  const auto reserve =
      std::min(static_cast<std::uint64_t>(o.reserveShare * static_cast<double>(space->total)), o.reserveBytes);
  if (space->free < reserve + kRoom) return ph::Error{ph::Kind::Limit, "not enough space"};
  return {};
}

ph::Result<bool> AccountSearch::stepLocked() {
  const auto before = done_;
  auto messages = pending(*before);
  if (!messages) return messages.error();
  if (messages->empty()) {
    const bool again = std::exchange(passed_, 0) != 0;
    if (again) return true;
    const auto outgrown = isOutgrown();
    if (!outgrown) return outgrown.error();
    if (!*outgrown) {
      writer_->shrink();
      return false;
    }
    if (auto gone = discardLocked(); !gone) return gone.error();
    return true;
  }
  if (auto room = checkRoom(); !room) return room.error();
  auto after = *before;
  if (auto begun = writer_->begin(); !begun) return begun.error();
  if (auto taken = indexAll(*messages, after); !taken) return taken.error();
  const auto& last = messages->back();
  std::optional<Witness> witness;
  if (!last.hash.empty()) witness = Witness{last.id, last.hash};
  if (auto done = writer_->commit(*before, after, witness); !done) return done.error();
  passed_ = last.id;
  const std::lock_guard guard(stateMutex_);
  done_ = std::make_shared<const IdRanges>(std::move(after));
  return true;
}

ph::Result<Progress> AccountSearch::progress() {
  if (const std::unique_lock step(stepMutex_, std::try_to_lock); step) (void)ensureOpen(false);
  std::shared_ptr<const IdRanges> done;
  {
    const std::lock_guard guard(stateMutex_);
    done = done_ ? done_ : std::make_shared<const IdRanges>();
  }
  auto index = core_.reader();
  if (!index) return index.error();
  const auto there = (*index)->integer("SELECT count(*) FROM cold");
  if (!there) return there.error();
  Progress out;
  for (const auto& range : unknown(*done, 0, kNoEnd)) {
    db::Scoped row((*index)->cached("SELECT DISTINCT id FROM messages WHERE id BETWEEN ? AND ?"));
    row->bind(1, range.first).bind(2, range.last);
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      out.waiting += done->contains(row->integer(0)) ? 0 : 1;
    }
  }
  out.indexed = static_cast<std::uint64_t>(*there) - std::min<std::uint64_t>(out.waiting, *there);
  return out;
}

}  // namespace posthouse::store::search
