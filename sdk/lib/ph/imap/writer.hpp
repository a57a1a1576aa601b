// Appends the pieces of IMAP responses to a buffer.
// Guarantees: what a client sent cannot break the line: text that cannot be quoted goes as a literal, NULs are dropped
// but in literal8. Threads: one session. RFC 9051 9, RFC 3501 9.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ph/imap/number_set.hpp"

namespace ph::imap {

class Writer {
 public:
  // utf8: as ParserOptions. `out` must outlive the writer.
  explicit Writer(std::string& out, bool utf8 = false) : out_(out), utf8_(utf8) {}

  Writer& raw(std::string_view text);
  Writer& number(std::uint64_t n);
  Writer& string(std::string_view text);  // quoted / literal
  Writer& nstring(const std::optional<std::string>& text);
  Writer& astring(std::string_view text);  // as an atom where it can be one
  Writer& mailbox(std::string_view name);  // UTF-8, or modified UTF-7 without utf8
  Writer& flagList(const std::vector<std::string>& flags);
  Writer& numberSet(const NumberSet& set) { return raw(set.toString()); }
  // "{n}" CRLF or "~{n}" CRLF: the octets follow from elsewhere.
  Writer& literalHead(std::uint64_t size, bool binary = false);
  // Text of a status response: one line, controls as blanks; 8-bit octets as "?" without utf8.
  Writer& statusText(std::string_view text);

 private:
  std::string& out_;
  bool utf8_;
};

}  // namespace ph::imap
