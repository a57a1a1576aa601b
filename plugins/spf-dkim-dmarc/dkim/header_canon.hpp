// Header fields in canonical form, and which of them a signature covers. RFC 6376 3.4.1, 3.4.2, 5.4.2.
// Threads: pure functions; a HeaderFields is read-only once made.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dkim/algorithm.hpp"
#include "ph/header/block.hpp"

namespace ph_mailauth::dkim {

// One field with its line end, appended to `out`. `field` is as it stands in the message, with or without line end.
void appendCanonical(Canon canon, std::string_view field, std::string& out);

// A field that carries its own signature: the value of b= left out, no line end after it. RFC 6376 3.7.
void appendUnsigned(Canon canon, std::string_view field, std::string& out);

// The fields of a message, found by name from the last to the first.
class HeaderFields {
 public:
  // Both must outlive it; `text` is what `block` was made from.
  HeaderFields(std::string_view text, const ph::header::Block& block);

  size_t count(std::string_view name) const;
  // All that `names` select, each name once more meaning the one before it, in canonical form.
  void append(Canon canon, const std::vector<std::string>& names, std::string& out) const;
  std::string_view raw(const ph::header::Field& field) const { return text_.substr(field.offset, field.size); }
  const ph::header::Block& block() const { return block_; }

 private:
  std::string_view text_;
  const ph::header::Block& block_;
  std::unordered_map<std::string, std::vector<const ph::header::Field*>> byName_;  // lower case
};

}  // namespace ph_mailauth::dkim
