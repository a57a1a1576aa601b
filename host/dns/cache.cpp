#include "dns/cache.hpp"

#include <sodium.h>

#include <array>

namespace posthouse::dns {
namespace {

using std::chrono::seconds;

// About what an entry takes beside its texts.
constexpr size_t kEntryOverhead = 384;

size_t bytesOf(const Question& q, const Answer& a) {
  size_t n = kEntryOverhead + 2 * q.name.size() + a.name.size() + a.text.size();
  for (const auto& r : a.records) n += sizeof r + r.value.size();
  return n;
}

}  // namespace

size_t QuestionHash::operator()(const Question& q) const {
  static const auto kKey = [] {
    std::array<unsigned char, crypto_shorthash_KEYBYTES> key{};
    randombytes_buf(key.data(), key.size());
    return key;
  }();
  uint64_t out = 0;
  static_assert(sizeof out == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&out), reinterpret_cast<const unsigned char*>(q.name.data()),
                   q.name.size(), kKey.data());
  return out + static_cast<size_t>(q.type);
}

std::optional<Cache::Hit> Cache::find(const Question& question, Time now) {
  std::lock_guard lock(mutex_);
  const auto i = index_.find(question);
  if (i == index_.end()) return std::nullopt;
  const auto entry = i->second;
  if (entry->end <= now) {
    erase(entry);
    return std::nullopt;
  }
  list_.splice(list_.begin(), list_, entry);
  // Rounded down: an answer in its last second has no time left to tell.
  const auto left = std::chrono::duration_cast<seconds>(entry->end - now).count();
  return Hit{entry->answer, static_cast<uint32_t>(left)};
}

void Cache::put(const Question& question, std::shared_ptr<const Answer> answer, Time now) {
  if (answer->ttl == 0) return;
  const size_t bytes = bytesOf(question, *answer);
  if (bytes > maxBytes_) return;
  std::lock_guard lock(mutex_);
  if (const auto i = index_.find(question); i != index_.end()) erase(i->second);
  const Time end = now + seconds(answer->ttl);
  list_.push_front({question, std::move(answer), end, bytes});
  index_.emplace(question, list_.begin());
  bytes_ += bytes;
  while (list_.size() > maxEntries_ || bytes_ > maxBytes_) erase(std::prev(list_.end()));
}

void Cache::erase(List::iterator entry) {
  bytes_ -= entry->bytes;
  index_.erase(entry->question);
  list_.erase(entry);
}

void Cache::clear() {
  std::lock_guard lock(mutex_);
  index_.clear();
  list_.clear();
  bytes_ = 0;
}

size_t Cache::entries() const {
  std::lock_guard lock(mutex_);
  return list_.size();
}

size_t Cache::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace posthouse::dns
