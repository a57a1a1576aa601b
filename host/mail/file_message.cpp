// A message in an open file; stays readable when the file's name is gone.
#include <algorithm>
#include <mutex>

#include "mail/message.hpp"

namespace posthouse::mail {
namespace {

class FileMessage : public Message {
 public:
  FileMessage(std::shared_ptr<env::File> file, uint64_t offset, uint64_t length)
      : file_(std::move(file)), offset_(offset), length_(length) {}

  uint64_t length() const override { return length_; }

  ph_status read(uint64_t offset, void* buffer, size_t size, size_t* out) const override {
    *out = 0;
    if (offset >= length_) return PH_OK;
    const auto want = static_cast<size_t>(std::min<uint64_t>(size, length_ - offset));
    const auto n = file_->read(offset_ + offset, buffer, want);
    if (!n || *n == 0) return PH_E_TEMPORARY;  // an error, or a file shorter than it should be
    *out = *n;
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
  const std::shared_ptr<env::File> file_;
  const uint64_t offset_;
  const uint64_t length_;
  mutable std::mutex mutex_;
  mutable std::string loaded_;
};

}  // namespace

Message* newFileMessage(std::shared_ptr<env::File> file, uint64_t offset, uint64_t length) {
  return new FileMessage(std::move(file), offset, length);
}

}  // namespace posthouse::mail
