#include "base/pattern.hpp"

#include <re2/re2.h>

namespace posthouse {
namespace {
constexpr std::size_t kMaxLength = 1000;
constexpr std::int64_t kMaxMemory = 1 << 20;
}  // namespace

ph::Result<Pattern> Pattern::compile(const std::string& text) {
  if (text.size() > kMaxLength) return ph::Error{ph::Kind::Invalid, "the pattern is too long"};
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  auto regex = std::make_shared<const re2::RE2>(text, options);
  if (!regex->ok()) return ph::Error{ph::Kind::Invalid, regex->error()};
  Pattern pattern;
  pattern.regex_ = std::move(regex);
  return pattern;
}

bool Pattern::matches(std::string_view text) const {
  return regex_ && re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
}

}  // namespace posthouse
