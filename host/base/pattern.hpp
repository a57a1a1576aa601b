// Pattern: a regular expression that administrators and users write and strangers' mail is matched against.
// Guarantees: linear time and bounded memory for any pattern and any text; no exception.
// Threads: immutable, shared by copies; matching from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace re2 {
class RE2;
}

namespace posthouse {

class Pattern {
 public:
  Pattern() = default;  // not set: matches nothing
  // RE2 syntax, matched anywhere in the text. Invalid: what is wrong, without the pattern.
  static ph::Result<Pattern> compile(const std::string& text);

  explicit operator bool() const { return regex_ != nullptr; }
  bool matches(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace posthouse
