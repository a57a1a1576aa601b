// Zero-copy view of a header block: its fields, in order, as slices of the message.
// Guarantees: any bytes give a block, in linear time; field slices together with junk lines cover the block; the
// views live as long as the scanned text. A bare LF ends a line as CRLF does. Threads: const use is free.
// RFC 5322 2.2, 4.5 (blanks before the colon), RFC 6532.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ph::header {

inline constexpr size_t kMaxBlock = 256 * 1024;  // a longer header ends here, at a line start; the rest is body

struct Field {
  std::string_view name;   // as written, without blanks before the colon
  std::string_view value;  // after the colon, folded as written, without the final line break
  size_t offset = 0;       // of the name, from the start of the scanned text
  size_t size = 0;         // of the whole field with its line break
};

// Offsets where a header section ends. bodyStart follows the empty line; without one, both are equal.
struct End {
  size_t fieldsEnd = 0;
  size_t bodyStart = 0;
  bool truncated = false;  // cut at kMaxBlock
};
End findEnd(std::string_view message);

class Block {
 public:
  // Scans the header section at the start of text (a message, a part or only a header).
  explicit Block(std::string_view text);

  const std::vector<Field>& fields() const { return fields_; }
  size_t fieldsEnd() const { return end_.fieldsEnd; }
  size_t bodyStart() const { return end_.bodyStart; }
  bool truncated() const { return end_.truncated; }
  size_t junkLines() const { return junkLines_; }  // lines that are no field, skipped

  // First field of that name (ASCII case ignored), or nullptr.
  const Field* find(std::string_view name) const;
  std::vector<const Field*> all(std::string_view name) const;
  size_t count(std::string_view name) const;
  // Unfolded, trimmed value of the first such field; empty when there is none.
  std::string value(std::string_view name) const;

 private:
  std::vector<Field> fields_;
  End end_;
  size_t junkLines_ = 0;
};

// Removes CR and LF of folding, keeping the blank that follows (RFC 5322 2.2.3), and trims. NULs are dropped.
std::string unfold(std::string_view value);

// Bytes of the fields whose name is (not: is not) in names, each as written, then the empty line when there was one.
// What HEADER.FIELDS and HEADER.FIELDS.NOT return (RFC 9051 6.4.5.1).
std::string subset(std::string_view header, const std::vector<std::string_view>& names, bool invert);

}  // namespace ph::header
