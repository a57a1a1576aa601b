#include <algorithm>
#include <mutex>

#include "mail/message.hpp"

namespace posthouse::mail {
namespace {

class HeadedMessage final : public Message {
 public:
  HeadedMessage(std::string headers, MessageRef message) : headers_(std::move(headers)), message_(std::move(message)) {}

  uint64_t length() const override { return headers_.size() + message_->length(); }

  ph_status read(uint64_t offset, void* buffer, size_t size, size_t* out) const override {
    if (offset >= headers_.size()) return message_->read(offset - headers_.size(), buffer, size, out);
    *out = headers_.copy(static_cast<char*>(buffer), size, static_cast<size_t>(offset));
    return PH_OK;
  }

  bool view(size_t max, std::string_view* out) const override {
    if (headers_.empty()) return message_->view(max, out);
    if (length() > std::min(max, kMaxBlock)) return false;
    std::call_once(once_, [this] {
      std::string_view rest;
      std::string block;
      if (!message_->view(kMaxBlock, &rest)) return;
      block.reserve(headers_.size() + rest.size());
      block.append(headers_).append(rest);
      block_ = std::move(block);
    });
    *out = block_;
    return !block_.empty();
  }

 private:
  static constexpr size_t kMaxBlock = 256 * 1024;
  const std::string headers_;
  const MessageRef message_;
  mutable std::once_flag once_;
  mutable std::string block_;  // both together; empty when the message lies in a file
};

}  // namespace

Message* newHeadedMessage(std::string headers, MessageRef message) {
  return new HeadedMessage(std::move(headers), std::move(message));
}

}  // namespace posthouse::mail
