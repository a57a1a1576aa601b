// The MIME structure of a message: parts with byte offsets into the message, in one flat vector.
// Guarantees: part 0 is the message itself; parents stand before children, children in order of occurrence; offsets
// are nested and within the message. Holds no message bytes. Threads: a plain value type.
// RFC 2045, RFC 2046 5.1, 5.2.1, RFC 2183, RFC 6532 3.7 (message/global).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ph/mime/parameters.hpp"

namespace ph::mime {

using PartIndex = uint32_t;
inline constexpr PartIndex kNoPart = UINT32_MAX;

enum class Encoding : uint8_t { SevenBit, EightBit, Binary, QuotedPrintable, Base64, Unknown };

struct Part {
  PartIndex parent = kNoPart;
  PartIndex firstChild = kNoPart;
  PartIndex nextSibling = kNoPart;
  uint32_t childCount = 0;

  size_t headerStart = 0;
  size_t bodyStart = 0;  // header with its empty line is [headerStart, bodyStart)
  size_t bodyEnd = 0;    // without the line break that belongs to the next boundary
  size_t lines = 0;      // of the body; a last line without line break counts

  std::string type = "text";  // lower-case; the default when absent or unreadable
  std::string subtype = "plain";
  Parameters parameters;
  Encoding encoding = Encoding::SevenBit;
  std::string encodingName;  // lower-case, as written, only when encoding is Unknown
  std::string disposition;   // lower-case, empty when absent
  Parameters dispositionParameters;
  std::string id;           // with angle brackets, unfolded
  std::string description;  // unfolded, not decoded
  std::vector<std::string> languages;
  std::string location;
  std::string md5;
  bool opaque = false;  // a multipart or message that was not entered (limit, no boundary, encoded)

  bool isMultipart() const { return type == "multipart" && !opaque; }
  // message/rfc822 or message/global whose only child is the message inside.
  bool isMessage() const { return type == "message" && firstChild != kNoPart; }
  size_t bodySize() const { return bodyEnd - bodyStart; }
  bool operator==(const Part&) const = default;
};

struct Problem {
  size_t offset = 0;
  std::string text;
};

struct Tree {
  std::vector<Part> parts;
  std::vector<Problem> problems;  // for people; at most kMaxProblems

  const Part& root() const { return parts.front(); }
  // charset of a text part, lower-case, "us-ascii" by default.
  std::string charset(PartIndex part) const;
  // Decoded filename of Content-Disposition, else name of Content-Type; no path separators, may be empty.
  std::string filename(PartIndex part) const;
};

inline constexpr size_t kMaxDepth = 100;
inline constexpr size_t kMaxParts = 10'000;
inline constexpr size_t kMaxProblems = 100;

std::string_view encodingName(Encoding encoding);  // "7bit", ...; "" for Unknown

}  // namespace ph::mime
