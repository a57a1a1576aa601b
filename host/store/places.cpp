// The batches of places.hpp.
#include "store/places.hpp"

#include <algorithm>
#include <charconv>

#include "store/core.hpp"

namespace posthouse::store {

NamedIds idsNamedBy(std::string_view name) {
  constexpr MessageId kMost = 1 << 16;
  const auto* const end = name.data() + name.size();
  NamedIds ids;
  const auto begun = std::from_chars(name.data(), end, ids.first);
  if (begun.ec != std::errc() || ids.first < 1) return {};
  ids.last = ids.first;
  if (begun.ptr == end) return ids;
  if (*begun.ptr != '-') return {};
  const auto ended = std::from_chars(begun.ptr + 1, end, ids.last);
  return ended.ec == std::errc() && ended.ptr == end && ids.last - ids.first < kMost ? ids : NamedIds{};
}

std::optional<MessageId> Places::take() {
  const std::lock_guard guard(mutex_);
  if (ready_.empty()) return {};
  const auto id = ready_.front();
  ready_.pop_front();
  return id;
}

Places::Batches::iterator Places::find(MessageId id) {
  return std::find_if(batches_.begin(), batches_.end(), [&](const Batch& b) { return b.first <= id && id <= b.last; });
}

std::string Places::path(const Batch& batch) const {
  return core_.folder + "/tmp/" + std::to_string(batch.first) + "-" + std::to_string(batch.last);
}

void Places::close(Batches::iterator batch) {
  (void)core_.env.unlink(path(*batch));
  batches_.erase(batch);
}

void Places::settle(MessageId id, bool known) {
  const std::lock_guard guard(mutex_);
  const auto batch = find(id);
  if (batch == batches_.end()) return;
  if (known) batch->open.erase(id);
  if (batch->open.empty()) close(batch);
}

bool Places::wanted() {
  if (core_.options.placesAfter == 0) return false;
  const auto now = core_.options.now();
  const std::lock_guard guard(mutex_);
  inARow_ = now - last_ <= 1 ? inARow_ + 1 : 1;
  last_ = now;
  if (beingMade_ || !ready_.empty() || inARow_ < core_.options.placesAfter) return false;
  return beingMade_ = true;
}

ph::Status Places::make(std::set<std::string>& folders) {
  const auto first = core_.newIds(core_.options.places);
  if (!first) return first.error();
  making_ = Batch{*first, *first + core_.options.places - 1, {}};
  const auto named = core_.env.open(path(*making_), env::Open::CreateNew);
  if (!named) {
    making_.reset();
    return named.error();
  }
  for (auto id = making_->first; id <= making_->last; ++id) {
    if (auto done = core_.ensureGroup(id, folders); !done) return done;
    if (const auto file = core_.env.open(core_.messagePath(id), env::Open::CreateNew); !file) return file.error();
    making_->open.insert(id);
  }
  return {};
}

void Places::offer(bool durable) {
  const std::lock_guard guard(mutex_);
  beingMade_ = false;
  if (!making_) return;
  auto made = std::move(*making_);
  making_.reset();
  if (durable) {
    ready_.insert(ready_.end(), made.open.begin(), made.open.end());
  } else {
    std::erase_if(made.open, [&](MessageId id) { return core_.env.unlink(core_.messagePath(id)).ok(); });
  }
  batches_.push_back(std::move(made));
  if (batches_.back().open.empty()) close(std::prev(batches_.end()));
}

bool Places::contains(MessageId id) {
  const std::lock_guard guard(mutex_);
  const auto batch = find(id);
  return batch != batches_.end() && batch->open.contains(id);
}

void Places::clear() {
  const std::lock_guard guard(mutex_);
  for (const auto id : ready_) {
    const auto batch = find(id);
    if (core_.env.unlink(core_.messagePath(id))) batch->open.erase(id);
    if (batch->open.empty()) close(batch);
  }
  ready_.clear();
}

}  // namespace posthouse::store
