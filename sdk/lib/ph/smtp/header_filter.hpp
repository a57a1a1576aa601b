// Watches the header section of a message that streams by, and takes named fields out of it.
//
// Guarantees: every split of the input gives the same output; nothing but the dropped fields is changed, and the body
// never; at most kMaxName octets are held back. Bare LF ends a line as CRLF does.
// Threads: one at a time. RFC 5322 2.2, 4.5 (blanks before the colon).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ph::smtp {

class HeaderFilter {
 public:
  static constexpr std::size_t kMaxName = 64;    // a longer name is none of ours
  static constexpr std::size_t kMaxValue = 250;  // so much of a value is kept

  struct Field {
    std::string_view name;  // lower case
    bool drop = false;
    unsigned count = 0;
    std::string value;  // the start of the last one's first line
  };
  // Gets the octets that stay, in spans valid during the call only.
  using Sink = std::function<void(std::string_view)>;

  HeaderFilter(Sink sink, std::vector<Field> fields) : sink_(std::move(sink)), fields_(std::move(fields)) {}

  void feed(std::string_view bytes);
  // The message is complete: what was held back leaves.
  void finish();

  // One of the fields it was made with.
  const Field& field(std::string_view name) const;
  bool inBody() const { return state_ == State::Body; }
  bool nonAscii() const { return nonAscii_; }  // in the header section

 private:
  enum class State { LineStart, Name, Keep, Drop, Body };

  void emit(std::string_view bytes);
  void decide();

  Sink sink_;
  std::vector<Field> fields_;
  State state_ = State::LineStart;
  State line_ = State::Keep;  // of the field that a folded line belongs to
  std::string name_;          // the start of a line, while it is not known what it is
  Field* value_ = nullptr;    // whose value is being read
  bool nonAscii_ = false;
};

}  // namespace ph::smtp
