// Chunked immutable UID lists, see view.hpp.
#include "store/view.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace posthouse::store {

namespace {
View::Chunk chunkOf(std::vector<Uid> uids) {
  return std::make_shared<const std::vector<Uid>>(std::move(uids));
}
}  // namespace

View::View(MailboxId mailbox, Uid uidValidity, Uid uidNext, ModSeq modSeq, const std::vector<Uid>& uids)
    : mailbox_(mailbox), uidValidity_(uidValidity), uidNext_(uidNext), modSeq_(modSeq) {
  for (std::size_t i = 0; i < uids.size(); i += kChunk)
    chunks_.push_back(chunkOf({uids.begin() + static_cast<std::ptrdiff_t>(i),
                               uids.begin() + static_cast<std::ptrdiff_t>(std::min(i + kChunk, uids.size()))}));
  index();
}

void View::index() {
  before_.clear();
  before_.reserve(chunks_.size());
  count_ = 0;
  for (const auto& chunk : chunks_) {
    before_.push_back(count_);
    count_ += static_cast<std::uint32_t>(chunk->size());
  }
}

Uid View::uidAt(std::uint32_t seq) const {
  if (seq == 0 || seq > count_) return 0;
  const auto it = std::upper_bound(before_.begin(), before_.end(), seq - 1) - 1;
  return (*chunks_[static_cast<std::size_t>(it - before_.begin())])[seq - 1 - *it];
}

std::uint32_t View::countTo(Uid uid) const {
  const auto it = std::upper_bound(chunks_.begin(), chunks_.end(), uid,
                                   [](Uid u, const Chunk& chunk) { return u < chunk->front(); });
  if (it == chunks_.begin()) return 0;
  const auto& chunk = **(it - 1);
  const auto inside = std::upper_bound(chunk.begin(), chunk.end(), uid) - chunk.begin();
  return before_[static_cast<std::size_t>(it - 1 - chunks_.begin())] + static_cast<std::uint32_t>(inside);
}

std::uint32_t View::seqOf(Uid uid) const {
  const auto seq = countTo(uid);
  return seq != 0 && uidAt(seq) == uid ? seq : 0;
}

std::shared_ptr<const View> View::with(const std::vector<Uid>& added, const std::vector<Uid>& removed, Uid uidNext,
                                       ModSeq modSeq) const {
  auto next = std::shared_ptr<View>(new View());
  next->mailbox_ = mailbox_;
  next->uidValidity_ = uidValidity_;
  next->uidNext_ = uidNext;
  next->modSeq_ = modSeq;
  auto gone = removed.begin();
  for (const auto& chunk : chunks_) {
    while (gone != removed.end() && *gone < chunk->front()) ++gone;
    if (gone == removed.end() || *gone > chunk->back()) {
      next->chunks_.push_back(chunk);
      continue;
    }
    std::vector<Uid> left;
    std::set_difference(chunk->begin(), chunk->end(), removed.begin(), removed.end(), std::back_inserter(left));
    if (!left.empty()) next->chunks_.push_back(chunkOf(std::move(left)));
  }
  if (!added.empty()) {
    std::vector<Uid> tail;
    if (!next->chunks_.empty() && next->chunks_.back()->size() < kChunk) {
      tail = *next->chunks_.back();
      next->chunks_.pop_back();
    }
    for (const Uid uid : added) {
      tail.push_back(uid);
      if (tail.size() == kChunk) next->chunks_.push_back(chunkOf(std::exchange(tail, {})));
    }
    if (!tail.empty()) next->chunks_.push_back(chunkOf(std::move(tail)));
  }
  next->index();
  return next;
}

std::vector<Uid> missing(const View& from, const View& to) {
  std::vector<Uid> result;
  for (const auto& chunk : from.chunks()) {
    const auto same = std::lower_bound(to.chunks().begin(), to.chunks().end(), chunk->front(),
                                       [](const View::Chunk& c, Uid uid) { return c->back() < uid; });
    if (same != to.chunks().end() && *same == chunk) continue;
    for (const Uid uid : *chunk)
      if (to.seqOf(uid) == 0) result.push_back(uid);
  }
  return result;
}

}  // namespace posthouse::store
