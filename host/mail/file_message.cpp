// A message in an open file; stays readable when the file's name is gone.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

#include "mail/message.hpp"

namespace posthouse::mail {
namespace {

class FileMessage : public Message {
 public:
  FileMessage(int fd, uint64_t offset, uint64_t length) : fd_(fd), offset_(offset), length_(length) {}
  ~FileMessage() override { ::close(fd_); }

  uint64_t length() const override { return length_; }

  ph_status read(uint64_t offset, void* buffer, size_t size, size_t* out) const override {
    *out = 0;
    if (offset >= length_) return PH_OK;
    const auto want = static_cast<size_t>(std::min<uint64_t>(size, length_ - offset));
    ssize_t n = 0;
    do {
      n = ::pread(fd_, buffer, want, static_cast<off_t>(offset_ + offset));
    } while (n < 0 && errno == EINTR);
    if (n <= 0) return PH_E_TEMPORARY;  // 0: the file is shorter than the index says
    *out = static_cast<size_t>(n);
    return PH_OK;
  }

  bool view(size_t max, std::string_view* out) const override {
    if (length_ > max) return false;
    std::lock_guard lock(mutex_);
    if (loaded_.size() != length_) {
      std::string text(length_, '\0');
      size_t done = 0;
      while (done < text.size()) {
        size_t n = 0;
        if (read(done, text.data() + done, text.size() - done, &n) != PH_OK) return false;
        done += n;
      }
      loaded_ = std::move(text);
    }
    *out = loaded_;
    return true;
  }

 private:
  const int fd_;
  const uint64_t offset_;
  const uint64_t length_;
  mutable std::mutex mutex_;
  mutable std::string loaded_;
};

}  // namespace

Message* newFileMessage(int fd, uint64_t offset, uint64_t length) {
  return new FileMessage(fd, offset, length);
}

}  // namespace posthouse::mail
