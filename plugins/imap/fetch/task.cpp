#include "fetch/task.hpp"

#include <algorithm>

namespace ph_imap {

namespace {

constexpr size_t kChunk = 64 * 1024;
constexpr size_t kVanishedRanges = 1000;  // per response: some clients read a line as a whole

// RFC 3501 4.3, RFC 9051 4.3: no literal but that of BINARY may hold NUL, and clients that keep strings with a
// terminator do lose the rest. Any octet of the same size will do where the length was promised.
constexpr char kInsteadOfNul = '\x80';

void hideNuls(std::string& out, size_t from) {
  for (auto at = out.find('\0', from); at != std::string::npos; at = out.find('\0', at + 1)) out[at] = kInsteadOfNul;
}

}  // namespace

FetchTask::KeptRow::KeptRow(const ph_row& r)
    : keywords(ph::view(r.keywords)),
      envelope(ph::view(r.envelope)),
      bodystructure(ph::view(r.bodystructure)),
      parts(ph::view(r.parts)),
      row(r) {}

const ph_row& FetchTask::KeptRow::view() {
  row.keywords = ph::str(keywords);
  row.envelope = ph::str(envelope);
  row.bodystructure = ph::str(bodystructure);
  row.parts = ph::str(parts);
  return row;
}

FetchTask::FetchTask(FetchPlan plan) : plan_(std::move(plan)) {
  for (auto& item : plan_.items) {
    const ItemEntry* entry = findItem(item.kind);
    columns_ |= entry->columns;
    needsMessage_ = needsMessage_ || entry->piece;
    showsFlags_ = showsFlags_ || item.kind == ph::imap::FetchItem::Kind::Flags;
    showsModseq_ = showsModseq_ || item.kind == ph::imap::FetchItem::Kind::ModSeq;
    std::string name = ph::imap::responseName(item) + " ";
    requests_.push_back({std::move(item), entry, std::move(name)});
  }
}

Step FetchTask::step(Session& s) {
  if (!writeVanished(s)) return Step::Output;
  if (!std::exchange(counted_, true)) {
    const ph::View& view = s.selected()->view();
    for (const auto& r : plan_.ranges) {
      wanted_ += view.below(r.last) - view.below(r.first) + (view.seq(r.last) ? 1 : 0);
    }
  }
  while (true) {
    if (s.outputFull()) return Step::Output;
    if (nextKept_ < kept_.size()) {
      if (const Step step = renderKept(s); step != Step::Answered) return step;
    } else if (!queried_) {
      if (const Step step = queryBatch(s); step != Step::Answered) return step;
    } else {
      return finish(s);
    }
  }
}

// False: there is more, and no room for it now.
bool FetchTask::writeVanished(Session& s) {
  const auto& ranges = plan_.vanished.ranges();
  while (vanishedTold_ < ranges.size()) {
    if (s.outputFull()) return false;
    ph::imap::NumberSet some;
    for (size_t n = 0; n < kVanishedRanges && vanishedTold_ < ranges.size(); ++n, ++vanishedTold_) {
      some.addRange(ranges[vanishedTold_].first, ranges[vanishedTold_].last);
    }
    s.out().raw("* VANISHED (EARLIER) ").numberSet(some).raw("\r\n");
  }
  return true;
}

void FetchTask::openRow(Session& s, const ph_row& row, uint32_t seq) {
  ++given_;
  if (showsFlags_) s.selected()->learn(ph::view(row.keywords), s.buffer());
  if (showsModseq_) s.selected()->sent(row.modseq);
  s.openFetch(seq, row.uid);
}

// Answered: go on.
Step FetchTask::queryBatch(Session& s) {
  kept_.clear();
  nextKept_ = 0;
  if (plan_.ranges.empty()) {
    queried_ = true;
    return Step::Answered;
  }
  uint32_t stopped = 0;
  const auto each = [&](const ph_row& row) {
    // What does not fit now is read again.
    if (stopped == 0 && s.outputOver()) stopped = row.uid;
    if (stopped != 0) return;
    if (!isWanted(row)) {
      if (s.selected()->view().seq(row.uid) != 0) --wanted_;
    } else if (needsMessage_) {
      kept_.emplace_back(row);
    } else {
      renderPlain(s, row);
    }
  };
  const auto more = s.account().query(s.selected()->mailboxId(), plan_.ranges, columns_, resume_, each);
  if (!more) {
    if (more.error().kind == ph::Kind::NotFound) return s.bye("the selected mailbox was deleted");
    queried_ = true;
    if (plan_.isNotice) return Step::Answered;
    if (plan_.isSelect) s.select(nullptr);
    return s.no("the mailbox can't be read", "UNAVAILABLE");
  }
  resume_ = stopped != 0 ? stopped : *more;
  queried_ = resume_ == 0;
  return Step::Answered;
}

void FetchTask::renderPlain(Session& s, const ph_row& row) {
  const uint32_t seq = s.selected()->view().seq(row.uid);
  if (seq == 0) return;
  std::string& out = s.buffer();
  openRow(s, row, seq);
  bool first = true;
  for (const Request& r : requests_) {
    if (!first) out += ' ';
    first = false;
    r.entry->render(out, row);
  }
  out += ")\r\n";
}

bool FetchTask::isThere(Session& s, uint32_t uid) {
  bool found = false;
  const auto read =
      s.account().query(s.selected()->mailboxId(), {{uid, uid}}, 0, 0, [&](const ph_row&) { found = true; });
  return found || !read;
}

// Answered: one more step of the row was made.
Step FetchTask::renderKept(Session& s) {
  std::string& out = s.buffer();
  KeptRow& kept = kept_[nextKept_];
  const ph_row& row = kept.view();
  if (!rowOpen_) {
    const uint32_t seq = s.selected()->view().seq(row.uid);
    if (seq == 0) {
      ++nextKept_;
      return Step::Answered;
    }
    source_ = std::make_unique<Source>(s.account(), row);
    if (!source_->message()) {
      // Expunged since the row was read, or damaged. Either way there is nothing true to tell of it.
      unreadable_ = unreadable_ || isThere(s, row.uid);
      ++nextKept_;
      return Step::Answered;
    }
    if (plan_.setSeen && !(row.flags & PH_FLAG_SEEN)) unseen_.add(row.uid);
    rowOpen_ = true;
    nextRequest_ = 0;
    openRow(s, row, seq);
  }
  while (true) {
    if (s.outputFull()) return Step::Output;
    // First what is left of a literal.
    if (streamLeft_ > 0) {
      if (!stream(s)) return Step::Close;
      continue;
    }
    if (nextRequest_ == requests_.size()) break;
    const Request& r = requests_[nextRequest_++];
    if (nextRequest_ > 1) out += ' ';
    if (r.entry->render) {
      r.entry->render(out, row);
      continue;
    }
    auto piece = r.entry->piece(r.item, row, *source_);
    if (!piece) {
      unknownEncoding_ = unknownEncoding_ || piece.error().kind == ph::Kind::Invalid;
      unreadable_ =
          unreadable_ || (piece.error().kind != ph::Kind::Invalid && piece.error().kind != ph::Kind::NotFound);
      piece = Piece{true};
    }
    beginPiece(s, r, cut(std::move(*piece), r.item));
  }
  out += ")\r\n";
  rowOpen_ = false;
  source_.reset();
  ++nextKept_;
  return Step::Answered;
}

// One chunk of the literal; false: it can't be read, and its length was promised.
bool FetchTask::stream(Session& s) {
  std::string& out = s.buffer();
  const size_t before = out.size();
  const size_t count = static_cast<size_t>(std::min<uint64_t>(kChunk, streamLeft_));
  if (streamMade_) {
    out.append(*made_, static_cast<size_t>(streamOffset_), count);
  } else {
    out.resize(before + count);
    const ph::Message* message = source_->message();
    const int64_t n = message ? message->read(streamOffset_, out.data() + before, count) : -1;
    out.resize(before + static_cast<size_t>(std::max<int64_t>(n, 0)));
    if (n <= 0) {
      s.host().error("a message ended early", {{"account", s.accountName()}}, s.id());
      return false;
    }
  }
  if (!streamNuls_) hideNuls(out, before);
  streamOffset_ += out.size() - before;
  streamLeft_ -= out.size() - before;
  if (streamLeft_ == 0) made_.reset();
  return true;
}

void FetchTask::beginPiece(Session& s, const Request& request, Piece piece) {
  std::string& out = s.buffer();
  out += request.name;
  if (piece.isNil) {
    out += request.entry->instead;
    return;
  }
  if (request.entry->bare) {
    out += *piece.made;
    return;
  }
  // Opened before its length is promised: most failures are told as such.
  if (!piece.made && piece.size > 0 && !source_->message()) {
    unreadable_ = true;
    out += request.entry->instead;
    return;
  }
  // RFC 9051 7.5.2: a literal8 for BINARY, and only when there is NUL.
  streamNuls_ = request.item.kind == ph::imap::FetchItem::Kind::Binary && piece.made &&
                piece.made->find('\0') != std::string::npos;
  streamMade_ = piece.made.has_value();
  streamOffset_ = streamMade_ ? 0 : piece.offset;
  streamLeft_ = streamMade_ ? piece.made->size() : piece.size;
  made_ = std::move(piece.made);
  s.out().literalHead(streamLeft_, streamNuls_);
}

Step FetchTask::finish(Session& s) {
  if (plan_.isNotice) return Step::Answered;
  if (!unseen_.isEmpty()) {
    ph::Account::Ranges ranges;
    for (const auto& r : unseen_.ranges()) ranges.push_back({r.first, r.last});
    unseen_ = {};
    return s.job(
        ph::Pool::Disk,
        [this, ranges = std::move(ranges), id = s.selected()->mailboxId(), account = &s.account()] {
          auto change = ph::sized<ph_store_flags>();
          change.mode = PH_FLAGS_ADD;
          change.flags = PH_FLAG_SEEN;
          change.unchanged_since = UINT64_MAX;
          seenStatus_ = account->storeFlags(id, ranges, change, [](const ph_change&) {});
        },
        [this](Session& session) { return finish(session); });
  }
  if (!seenStatus_.ok()) {
    s.host().warn("\\Seen was not stored", {{"account", s.accountName()}, {"why", seenStatus_.error().text}}, s.id());
  }
  if (unreadable_) return s.no("some messages can't be read", "UNAVAILABLE");
  if (unknownEncoding_) return s.no("a part's transfer encoding is unknown", "UNKNOWN-CTE");
  // RFC 5530 3.
  if (given_ < wanted_ && !plan_.isSelect) return s.ok("some messages were expunged meanwhile", "EXPUNGEISSUED");
  return s.ok(plan_.done, plan_.code);
}

}  // namespace ph_imap
