// A message handle as the bytes of an append, without some ranges of it.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "mail/message.hpp"
#include "store/account.hpp"

namespace posthouse::store {

class MessageSource : public Source {
 public:
  // Bytes that are left out.
  struct Cut {
    uint64_t offset = 0;
    uint64_t size = 0;
    bool operator==(const Cut&) const = default;
  };

  // `cuts` in order, within the message, not overlapping.
  explicit MessageSource(const mail::Message& message, std::vector<Cut> cuts = {})
      : message_(message), cuts_(std::move(cuts)) {}
  ph::Result<std::size_t> read(char* to, std::size_t max) override {
    for (; next_ < cuts_.size() && cuts_[next_].offset == offset_; ++next_) offset_ += cuts_[next_].size;
    if (next_ < cuts_.size()) max = static_cast<size_t>(std::min<uint64_t>(max, cuts_[next_].offset - offset_));
    size_t n = 0;
    if (message_.read(offset_, to, max, &n) != PH_OK) {
      return ph::Error{ph::Kind::Temporary, "the message could not be read"};
    }
    offset_ += n;
    return n;
  }
  std::uint64_t size() const override {
    uint64_t size = message_.length();
    for (const auto& cut : cuts_) size -= cut.size;
    return size;
  }

 private:
  const mail::Message& message_;
  const std::vector<Cut> cuts_;
  size_t next_ = 0;
  uint64_t offset_ = 0;
};

}  // namespace posthouse::store
