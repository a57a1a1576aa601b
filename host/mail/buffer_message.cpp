// A message while it comes in: memory first, an unnamed file later. Not synced: durability is the store's promise.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "base/memory_budget.hpp"
#include "mail/message.hpp"

namespace posthouse::mail {
namespace {

constexpr size_t kInMemory = 256 * 1024;

ph_status fromErrno(int e) {
  return e == ENOSPC || e == EDQUOT ? PH_E_LIMIT : PH_E_TEMPORARY;
}

bool writeAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

class BufferMessage : public Message {
 public:
  BufferMessage(std::string folder, uint64_t maxSize) : folder_(std::move(folder)), max_(maxSize) {}
  ~BufferMessage() override {
    if (fd_ >= 0) ::close(fd_);
  }

  uint64_t length() const override { return length_; }

  ph_status write(std::string_view data) override {
    if (finished_) return PH_E_INVALID;
    if (length_ + data.size() > max_) return PH_E_LIMIT;
    if (fd_ < 0 && (text_.size() + data.size() > kInMemory || MemoryBudget::get().exhausted())) {
      if (const ph_status s = spill(); s != PH_OK) return s;
    }
    if (fd_ >= 0) {
      if (!writeAll(fd_, data)) return fromErrno(errno);
    } else {
      text_.append(data);
      account();
    }
    length_ += data.size();
    return PH_OK;
  }

  ph_status finish() override {
    finished_ = true;
    return PH_OK;
  }

  ph_status read(uint64_t offset, void* buffer, size_t size, size_t* out) const override {
    *out = 0;
    if (!finished_) return PH_E_INVALID;
    if (offset >= length_) return PH_OK;
    if (fd_ < 0) {
      *out = text_.copy(static_cast<char*>(buffer), size, offset);
      return PH_OK;
    }
    const ssize_t n = ::pread(fd_, buffer, size, static_cast<off_t>(offset));
    if (n < 0) return PH_E_TEMPORARY;
    *out = static_cast<size_t>(n);
    return PH_OK;
  }

  bool view(size_t max, std::string_view* out) const override {
    if (!finished_) return false;
    if (fd_ < 0) {
      *out = text_;
      return true;
    }
    if (length_ > max) return false;
    std::lock_guard lock(mutex_);
    if (loaded_.size() != length_) {
      loaded_.resize(length_);
      size_t done = 0;
      while (done < loaded_.size()) {
        size_t n = 0;
        if (read(done, loaded_.data() + done, loaded_.size() - done, &n) != PH_OK || n == 0) {
          loaded_.clear();
          return false;
        }
        done += n;
      }
    }
    *out = loaded_;
    return true;
  }

 private:
  ph_status spill() {
    fd_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd_ < 0) return fromErrno(errno);
    if (!writeAll(fd_, text_)) return fromErrno(errno);
    std::string().swap(text_);
    account();
    return PH_OK;
  }
  void account() { share_.set(text_.capacity()); }

  const std::string folder_;
  const uint64_t max_;
  uint64_t length_ = 0;
  std::string text_;
  MemoryBudget::Share share_;
  int fd_ = -1;
  bool finished_ = false;
  mutable std::mutex mutex_;
  mutable std::string loaded_;
};

}  // namespace

Message* newBuffer(const std::string& folder, uint64_t maxSize) {
  return new BufferMessage(folder, maxSize);
}

}  // namespace posthouse::mail
