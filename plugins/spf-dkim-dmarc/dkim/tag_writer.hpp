// Writes a field of tag=value pairs, folded.
// Guarantees: no line is above 78 octets unless one word is. Threads: one user at a time. RFC 6376 3.2, RFC 5322 2.2.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph_mailauth::dkim {

class TagWriter {
 public:
  explicit TagWriter(std::string_view fieldName) : out_(std::string(fieldName) + ":"), column_(out_.size()) {}
  void add(std::string_view name, std::string_view value);
  // A list: it may be folded after each of its colons.
  void addList(std::string_view name, const std::vector<std::string>& words);
  // Base64: it may be folded anywhere.
  void addLong(std::string_view name, std::string_view value);
  // More of the value that was written last: base64, folded anywhere.
  void append(std::string_view value);
  const std::string& text() const { return out_; }  // without a line end

 private:
  void word(std::string_view text, bool blank);
  void begin();
  std::string out_;
  size_t column_;
  bool first_ = true;
};

}  // namespace ph_mailauth::dkim
