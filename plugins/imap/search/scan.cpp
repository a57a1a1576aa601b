#include "search/scan.hpp"

#include <algorithm>

namespace ph_imap {

namespace {
constexpr size_t kRangesAtOnce = 500;  // of one query
}

Scan::Row::Row(const ph_row& r)
    : row(r), keywords(ph::view(r.keywords)), envelope(ph::view(r.envelope)), parts(ph::view(r.parts)) {}

const ph_row& Scan::Row::view() {
  row.keywords = ph::str(keywords);
  row.envelope = ph::str(envelope);
  row.parts = ph::str(parts);
  return row;
}

Scan::Scan(const ph::Host& host, const ph::Account& account, uint64_t mailboxId, uint32_t lastUid, Matcher matcher,
           uint32_t columns, Take take)
    : host_(host),
      account_(account),
      mailboxId_(mailboxId),
      lastUid_(lastUid),
      matcher_(std::move(matcher)),
      columns_(columns | matcher_.columns()),
      take_(std::move(take)) {}

bool Scan::run() {
  const auto until = host_.monotonicMs() + kSliceMs;
  if (lastUid_ == 0) return false;
  if (!ranges_) {
    ranges_.emplace();
    if (const auto some = narrowed(account_, mailboxId_, matcher_.narrow())) {
      for (const auto& r : some->ranges()) {
        if (r.first <= lastUid_) ranges_->push_back({r.first, std::min(r.last, lastUid_)});
      }
    } else {
      ranges_->push_back({1, lastUid_});
    }
  }
  do {
    if (next_ == rows_.size() && !readRows()) return false;
    while (next_ < rows_.size()) {
      const ph_row& row = rows_[next_++].view();
      reached_ = row.uid;
      if (matcher_.matches(account_, row)) take_(row);
      if (host_.monotonicMs() >= until) return true;
    }
  } while (host_.monotonicMs() < until);
  return true;
}

// False: there are no more.
bool Scan::readRows() {
  rows_.clear();
  next_ = 0;
  while (rows_.empty()) {
    if (queried_) {
      range_ += std::min(kRangesAtOnce, ranges_->size() - range_);
      queried_ = false;
      resume_ = 0;
    }
    if (range_ == ranges_->size()) return false;
    const auto first = ranges_->begin() + static_cast<std::ptrdiff_t>(range_);
    const auto count = std::min(kRangesAtOnce, ranges_->size() - range_);
    const ph::Account::Ranges some(first, first + static_cast<std::ptrdiff_t>(count));
    const auto more =
        account_.query(mailboxId_, some, columns_, resume_, [&](const ph_row& row) { rows_.emplace_back(row); });
    if (!more) {
      status_ = more.error();
      return false;
    }
    resume_ = *more;
    queried_ = resume_ == 0;
  }
  return true;
}

}  // namespace ph_imap
