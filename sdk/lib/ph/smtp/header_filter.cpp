#include "ph/smtp/header_filter.hpp"

#include <algorithm>
#include <utility>

#include "ph/text/ascii.hpp"

namespace ph::smtp {

namespace {

bool isNameOctet(char c) {
  return c > ' ' && c < 0x7f && c != ':';
}

}  // namespace

const HeaderFilter::Field& HeaderFilter::field(std::string_view name) const {
  static const Field kNone;
  const auto i = std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.name == name; });
  return i == fields_.end() ? kNone : *i;
}

void HeaderFilter::emit(std::string_view bytes) {
  if (!bytes.empty()) sink_(bytes);
}

// The name has ended with a colon: what becomes of its field.
void HeaderFilter::decide() {
  std::string_view name = name_;
  name.remove_suffix(1);
  while (!name.empty() && text::isBlank(name.back())) name.remove_suffix(1);
  state_ = State::Keep;
  value_ = nullptr;
  for (Field& f : fields_) {
    if (!text::equalsNoCase(f.name, name)) continue;
    ++f.count;
    f.value.clear();
    value_ = &f;
    if (f.drop) state_ = State::Drop;
  }
  line_ = state_;
  if (state_ == State::Keep) emit(name_);
  name_.clear();
}

void HeaderFilter::feed(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    if (state_ == State::Body) return emit(bytes.substr(i));
    if (state_ == State::Keep || state_ == State::Drop) {
      const std::size_t lf = bytes.find('\n', i);
      const std::size_t end = lf == std::string_view::npos ? bytes.size() : lf + 1;
      const std::string_view span = bytes.substr(i, end - i);
      if (value_ && value_->value.size() < kMaxValue) {
        value_->value.append(span.substr(0, kMaxValue - value_->value.size()));
      }
      nonAscii_ = nonAscii_ || std::any_of(span.begin(), span.end(), text::isUtf8Byte);
      if (state_ == State::Keep) emit(span);
      if (lf != std::string_view::npos) {
        state_ = State::LineStart;
        value_ = nullptr;
      }
      i = end;
      continue;
    }
    const char c = bytes[i++];
    nonAscii_ = nonAscii_ || text::isUtf8Byte(c);
    if (state_ == State::LineStart && text::isBlank(c)) {
      state_ = line_;  // folded: it goes with the line before
      if (state_ == State::Keep) emit({&c, 1});
      continue;
    }
    state_ = State::Name;
    name_ += c;
    if (c == ':') {
      decide();
    } else if (c == '\n') {
      // No field: either the empty line, or a line that means nothing.
      state_ = name_ == "\r\n" || name_ == "\n" ? State::Body : State::LineStart;
      line_ = State::Keep;
      emit(std::exchange(name_, {}));
    } else if (name_.size() > kMaxName || (!isNameOctet(c) && !text::isBlank(c) && c != '\r')) {
      state_ = line_ = State::Keep;
      emit(std::exchange(name_, {}));
    }
  }
}

void HeaderFilter::finish() {
  emit(std::exchange(name_, {}));
}

}  // namespace ph::smtp
