// The file `ids`: 16-byte records (bound, bound scrambled), appended and synced; the highest valid one counts.
// A record is never overwritten, so a torn one can only lose itself.
#include "store/ids.hpp"

#include <algorithm>
#include <cstring>

namespace posthouse::store {
namespace {

struct Record {
  std::uint64_t bound;
  std::uint64_t check;
};

std::uint64_t checkOf(std::uint64_t bound) {
  return (bound ^ 0x5048494453313233ULL) * 0x9e3779b97f4a7c15ULL;
}

Record recordOf(MessageId bound) {
  const auto value = static_cast<std::uint64_t>(bound);
  return {value, checkOf(value)};
}

std::string_view bytesOf(const Record& record) {
  return {reinterpret_cast<const char*>(&record), sizeof record};
}

}  // namespace

ph::Status Ids::create(env::Env& env, const std::string& path, MessageId bound) {
  auto file = env.open(path, env::Open::CreateNew);
  if (!file) return file.error();
  if (auto done = (*file)->write(0, bytesOf(recordOf(bound))); !done) return done;
  return (*file)->sync();
}

ph::Result<std::unique_ptr<Ids>> Ids::open(env::Env& env, const std::string& path, MessageId floor, int range) {
  auto file = env.open(path, env::Open::ReadWrite);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  std::string content(*size, '\0');
  const auto got = (*file)->read(0, content.data(), content.size());
  if (!got) return got.error();
  MessageId bound = 0;
  for (std::size_t at = 0; at + sizeof(Record) <= *got; at += sizeof(Record)) {
    Record record{};
    std::memcpy(&record, content.data() + at, sizeof record);
    if (record.check == checkOf(record.bound)) bound = std::max(bound, static_cast<MessageId>(record.bound));
  }
  if (bound == 0) return ph::Error{ph::Kind::Permanent, path + ": holds no valid record"};
  const std::uint64_t end = (*size + sizeof(Record) - 1) / sizeof(Record) * sizeof(Record);
  return std::unique_ptr<Ids>(new Ids(std::move(*file), std::max(bound, floor + 1), end, range));
}

ph::Result<MessageId> Ids::next(int count) {
  const std::lock_guard guard(mutex_);
  if (next_ + count > bound_) {
    const MessageId bound = next_ + std::max(range_, count);
    const auto record = recordOf(bound);
    auto done = file_->write(end_, bytesOf(record));
    end_ += sizeof record;  // whatever became of this place is not trusted again
    if (done) done = file_->sync();
    if (!done) return done.error();
    bound_ = bound;
  }
  next_ += count;
  return next_ - count;
}

MessageId Ids::bound() const {
  const std::lock_guard guard(mutex_);
  return bound_;
}

}  // namespace posthouse::store
