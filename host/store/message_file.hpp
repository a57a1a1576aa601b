// MessageFile: the bytes of one message as clients see them.
// Guarantees: readable as long as it lives, also when the message is expunged meanwhile. Threads: any.
#pragma once

#include <algorithm>
#include <memory>

#include "env/env.hpp"

namespace posthouse::store {

class MessageFile {
 public:
  MessageFile(std::shared_ptr<env::File> file, std::uint64_t offset, std::uint64_t size)
      : file_(std::move(file)), offset_(offset), size_(size) {}

  std::uint64_t size() const { return size_; }
  // Fewer bytes only at the end. Temporary when the file is shorter than the index says.
  ph::Result<std::size_t> read(std::uint64_t at, void* to, std::size_t size) const {
    if (at >= size_) return std::size_t{0};
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - at));
    auto got = file_->read(offset_ + at, to, want);
    if (got && *got < want) return ph::Error{ph::Kind::Temporary, "message file is cut short"};
    return got;
  }
  // For sendfile: visible byte n stands at offset() + n.
  int descriptor() const { return file_->descriptor(); }
  std::uint64_t offset() const { return offset_; }

 private:
  std::shared_ptr<env::File> file_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

}  // namespace posthouse::store
