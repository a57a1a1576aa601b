// A message handle that releases itself.
#pragma once

#include <string>
#include <utility>

#include "ph/host.hpp"

namespace ph {

class Message {
 public:
  Message() = default;
  // Takes over one reference.
  Message(const Host& host, ph_message* raw) : api_(host.message), raw_(raw) {}
  static Message create(const Host& host, uint64_t maxSize) {
    ph_message* raw = nullptr;
    return host.message->create(host.raw(), maxSize, &raw) == PH_OK ? Message(host, raw) : Message();
  }
  Message(Message&& o) noexcept : api_(o.api_), raw_(std::exchange(o.raw_, nullptr)) {}
  Message& operator=(Message&& o) noexcept {
    std::swap(api_, o.api_);
    std::swap(raw_, o.raw_);
    return *this;
  }
  ~Message() {
    if (raw_) api_->release(raw_);
  }
  explicit operator bool() const { return raw_ != nullptr; }
  ph_message* raw() const { return raw_; }

  ph_status write(std::string_view data) { return api_->write(raw_, data.data(), data.size()); }
  ph_status finish() { return api_->finish(raw_); }
  uint64_t length() const { return api_->length(raw_); }
  // The number of bytes read, 0 at the end; negative: a ph_status.
  int64_t read(uint64_t offset, void* buffer, size_t size) const {
    size_t n = 0;
    const ph_status s = api_->read(raw_, offset, buffer, size, &n);
    return s == PH_OK ? static_cast<int64_t>(n) : s;
  }
  // The whole message in memory; copies into `buffer` only when the host has no block to lend.
  Result<std::string_view> contents(std::string& buffer, size_t max) const {
    ph_str block{};
    if (api_->view(raw_, max, &block) == PH_OK) return view(block);
    const uint64_t total = length();
    if (total > max) return Error{Kind::Limit, "message too large"};
    buffer.resize(static_cast<size_t>(total));
    size_t done = 0;
    while (done < buffer.size()) {
      const int64_t n = read(done, buffer.data() + done, buffer.size() - done);
      if (n <= 0) return Error{Kind::Temporary, "the message could not be read"};
      done += static_cast<size_t>(n);
    }
    return std::string_view(buffer);
  }

 private:
  const ph_message_api* api_ = nullptr;
  ph_message* raw_ = nullptr;
};

}  // namespace ph
