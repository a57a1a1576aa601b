// MessageFile: the bytes of one message as clients see them.
// Guarantees: readable as long as it lives, also when the message is expunged meanwhile. Threads: any.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>

#include "env/env.hpp"

namespace posthouse::store {

class MessageFile {
 public:
  // Reads from the file when asked.
  MessageFile(std::shared_ptr<env::File> file, std::uint64_t offset, std::uint64_t size)
      : file_(std::move(file)), offset_(offset), size_(size) {}
  // `content`: of the whole file; short of offset + size, reading fails.
  MessageFile(std::string content, std::uint64_t offset, std::uint64_t size)
      : content_(std::make_shared<const std::string>(std::move(content))), offset_(offset), size_(size) {}

  std::uint64_t size() const { return size_; }
  // Fewer bytes only at the end. Temporary when the file is shorter than the index says.
  ph::Result<std::size_t> read(std::uint64_t at, void* to, std::size_t size) const {
    if (at >= size_) return std::size_t{0};
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - at));
    auto got = content_ ? copy(offset_ + at, to, want) : file_->read(offset_ + at, to, want);
    if (got && *got < want) return ph::Error{ph::Kind::Temporary, "message file is cut short"};
    return got;
  }

 private:
  ph::Result<std::size_t> copy(std::uint64_t at, void* to, std::size_t size) const {
    if (at >= content_->size()) return std::size_t{0};
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(size, content_->size() - at));
    std::memcpy(to, content_->data() + at, n);
    return n;
  }

  std::shared_ptr<env::File> file_;
  std::shared_ptr<const std::string> content_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

// Of a file that holds the message from `offset` on, packed or not.
ph::Result<MessageFile> messageFile(std::unique_ptr<env::File> file, std::uint64_t offset, std::uint64_t size);

}  // namespace posthouse::store
