// The tag=value lists of signatures, key records and seals.
// Guarantees: linear time; any octets give a list or Invalid; the views live as long as the parsed text.
// Threads: pure functions. RFC 6376 3.2, RFC 8616 4 (UTF-8 in values).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ph/result.hpp"

namespace ph_mailauth::dkim {

struct Tag {
  std::string_view name;
  std::string_view value;  // without the blanks around it
  size_t begin = 0;        // of all between "=" and ";", in the parsed text
  size_t end = 0;
};

class TagList {
 public:
  // Invalid: bad syntax, or a tag that occurs twice.
  static ph::Result<TagList> parse(std::string_view text);

  const std::vector<Tag>& tags() const { return tags_; }
  const Tag* find(std::string_view name) const;
  // The value, empty when there is no such tag.
  std::string_view value(std::string_view name) const;

 private:
  std::vector<Tag> tags_;
};

// Without the blanks and line ends in it (FWS), which mean nothing in base64 and in lists.
std::string withoutBlanks(std::string_view value);
// The words between colons, without the blanks around them: "a : b" gives a, b.
std::vector<std::string_view> splitColons(std::string_view value);
// Base64 as signatures carry it: blanks anywhere.
ph::Result<std::string> decodeBase64(std::string_view value);
// Digits alone, as many as fit; nothing: no number.
std::optional<uint64_t> parseNumber(std::string_view value);
// dkim-quoted-printable, RFC 6376 2.11.
ph::Result<std::string> decodeQuotedPrintable(std::string_view value);

}  // namespace ph_mailauth::dkim
