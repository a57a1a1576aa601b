// The octets of a message, wherever they are: in memory, or behind a handle of the host.
// Threads: reading is free. The text or the handle must outlive it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>

#include "ph/host.hpp"
#include "ph/result.hpp"

namespace ph_mailauth {

class Octets {
 public:
  explicit Octets(std::string_view text) : text_(text), length_(text.size()), inMemory_(true) {}
  Octets(const ph::Host& host, const ph_message* message)
      : api_(host.message), message_(message), length_(api_->length(message)) {
    ph_str block{};
    if (api_->view(message, kBlock, &block) != PH_OK) return;
    text_ = ph::view(block);
    inMemory_ = true;
  }

  uint64_t length() const { return length_; }
  // All from `offset` to `end`, in pieces valid during the call only.
  ph::Status read(uint64_t offset, uint64_t end, const std::function<void(std::string_view)>& sink) const {
    end = std::min(end, length_);
    if (offset >= end) return {};
    if (inMemory_) {
      sink(text_.substr(static_cast<size_t>(offset), static_cast<size_t>(end - offset)));
      return {};
    }
    std::string piece(kBlock, '\0');
    while (offset < end) {
      size_t n = 0;
      const auto size = static_cast<size_t>(std::min<uint64_t>(piece.size(), end - offset));
      if (api_->read(message_, offset, piece.data(), size, &n) != PH_OK || n == 0)
        return ph::Error{ph::Kind::Temporary, "the message could not be read"};
      sink(std::string_view(piece).substr(0, n));
      offset += n;
    }
    return {};
  }

 private:
  static constexpr size_t kBlock = 256 * 1024;
  const ph_message_api* api_ = nullptr;
  const ph_message* message_ = nullptr;
  std::string_view text_;
  uint64_t length_ = 0;
  bool inMemory_ = false;
};

}  // namespace ph_mailauth
