// Builds a header: one call per field, folded at 76, every line ended by CRLF.
// Guarantees: a value with CR, LF or NUL, or a bad name, is refused and leaves the text unchanged, so nothing can be
// smuggled into a message; no line is above 998 bytes unless one word is. Threads: one user at a time.
// RFC 5322 2.1.1, 2.2.3, 3.6, RFC 2047 5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ph/address/list.hpp"
#include "ph/result.hpp"

namespace ph::header {

bool isFieldName(std::string_view name);

class HeaderWriter {
 public:
  // utf8: leave non-ASCII text as it is (RFC 6532) instead of encoding it (RFC 2047).
  explicit HeaderWriter(bool utf8 = false) : utf8_(utf8) {}

  // A structured value, ASCII (or UTF-8 with utf8); folded at blanks only.
  Status add(std::string_view name, std::string_view value);
  // Unstructured text in UTF-8 (Subject); encoded as needed.
  Status addText(std::string_view name, std::string_view utf8Text);
  // Mailboxes whose names are decoded UTF-8.
  Status addAddresses(std::string_view name, const std::vector<address::Mailbox>& mailboxes);

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void fold(std::string_view name, std::string_view value);
  std::string out_;
  bool utf8_;
};

}  // namespace ph::header
