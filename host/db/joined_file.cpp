// Joining writes, see joined_file.hpp.
#include "db/joined_file.hpp"

namespace posthouse::db {
namespace {
constexpr std::size_t kMaxJoined = 512 * 1024;
}

ph::Status JoinedFile::flushLocked() const {
  if (failed_) return ph::Error{ph::Kind::Temporary, "an earlier write failed"};
  if (buffer_.empty()) return {};
  auto done = file_->write(at_, buffer_);
  failed_ = !done;
  if (done) buffer_.clear();
  return done;
}

ph::Status JoinedFile::flush() const {
  const std::lock_guard guard(mutex_);
  return flushLocked();
}

// What other connections read was committed and so written long ago; only the writer meets its own waiting bytes.
ph::Result<std::size_t> JoinedFile::read(std::uint64_t offset, void* to, std::size_t size) const {
  {
    const std::lock_guard guard(mutex_);
    if (!buffer_.empty() && offset + size > at_ && offset < at_ + buffer_.size())
      if (auto done = flushLocked(); !done) return done.error();
  }
  return file_->read(offset, to, size);
}

ph::Status JoinedFile::write(std::uint64_t offset, std::string_view data) {
  const std::lock_guard guard(mutex_);
  if (failed_) buffer_.clear();  // SQLite gave that transaction up
  failed_ = false;
  const bool follows = offset == at_ + buffer_.size() && buffer_.size() + data.size() <= kMaxJoined;
  if (!follows)
    if (auto done = flushLocked(); !done) return done;
  if (buffer_.empty()) at_ = offset;
  buffer_.append(data);
  return {};
}

ph::Status JoinedFile::truncate(std::uint64_t size) {
  if (auto done = flush(); !done) return done;
  return file_->truncate(size);
}

ph::Status JoinedFile::sync() {
  if (auto done = flush(); !done) return done;
  auto done = file_->sync();
  // Never Limit: that would say that the last bytes were certainly not written.
  if (!done) return ph::Error{ph::Kind::Temporary, done.error().text};
  return done;
}

ph::Result<std::uint64_t> JoinedFile::size() const {
  if (auto done = flush(); !done) return done.error();
  return file_->size();
}

}  // namespace posthouse::db
