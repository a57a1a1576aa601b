// Cuts an mbox into its messages, whichever of the dialects it is: mboxo, mboxrd, mboxcl, mboxcl2.
// Guarantees: any bytes are accepted, piece by piece, in linear time; a message is held in memory, not more than
// `maxMessage` of it and the piece. Threads: one at a time. RFC 4155.
//
// A message begins at a line "From ", first in the file or after an empty line, that ends in a date or is followed by a
// header field. Content-Length counts when a message or the end follows where it says; the first one that does not is
// the last that is looked at, as such files were edited. Quoted "From " lines lose one ">", unless Content-Length
// showed that this message is not quoted.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::mbox {

struct Message {
  std::string fromLine;      // what follows "From ", without the line end
  std::string bytes;         // as they stand in the file, unquoted, without the empty line before the next message
  std::uint64_t offset = 0;  // of the "From " line
  bool tooLong = false;      // `bytes` is only the beginning
};

class Splitter {
 public:
  // Its error ends the splitting.
  using Take = std::function<Status(Message&&)>;
  Splitter(std::size_t maxMessage, Take take) : maxMessage_(maxMessage), take_(std::move(take)) {}

  Status feed(std::string_view bytes);
  // The end of the file.
  Status finish();
  // Bytes before the first message, which belong to none.
  std::uint64_t skipped() const { return skipped_; }

 private:
  enum class Answer { Yes, No, Later };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Status run(bool end);
  Answer separator(std::size_t at, bool end) const;
  Answer lengthHolds(bool end, std::size_t* next);
  Status emit(std::size_t until, bool exact);
  void endHeader(std::size_t bodyStart);
  void shorten();

  const std::size_t maxMessage_;
  const Take take_;
  std::string buffer_;
  std::uint64_t base_ = 0;  // of the buffer in the file
  std::size_t at_ = 0;      // the line that is looked at next
  std::size_t seek_ = 0;    // its end is not before this
  bool mayBegin_ = true;    // the line before is empty, or there is none
  bool inside_ = false;
  bool inHeader_ = false;
  bool trusts_ = true;             // Content-Length
  std::size_t start_ = 0;          // of the message, behind its "From " line
  std::size_t body_ = 0;           // of its body
  std::size_t lengthEnd_ = kNone;  // where it ends if Content-Length is right
  Message message_;
  std::uint64_t skipped_ = 0;
};

// Whether a "From " line ends in a date as mbox files have it: "Thu Nov 24 18:22:48 1986", with or without a zone;
// seconds may be missing. Without a zone it is UTC.
bool fromLineDate(std::string_view fromLine, std::int64_t* time);

}  // namespace ph::mbox
