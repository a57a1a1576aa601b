// A message handle as the bytes of an append.
#pragma once

#include "mail/message.hpp"
#include "store/account.hpp"

namespace posthouse::store {

class MessageSource : public Source {
 public:
  explicit MessageSource(const mail::Message& message) : message_(message) {}
  ph::Result<std::size_t> read(char* to, std::size_t max) override {
    size_t n = 0;
    if (message_.read(offset_, to, max, &n) != PH_OK) {
      return ph::Error{ph::Kind::Temporary, "the message could not be read"};
    }
    offset_ += n;
    return n;
  }
  std::uint64_t size() const override { return message_.length(); }

 private:
  const mail::Message& message_;
  uint64_t offset_ = 0;
};

}  // namespace posthouse::store
