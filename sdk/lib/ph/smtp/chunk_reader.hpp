// The octets of BDAT chunks: no stuffing, no end mark, the length alone says where a chunk ends. RFC 3030 2, 3.
//
// Guarantees:
//  - Text (anything but BODY=BINARYMIME): the rules of DATA that make sense here. A bare CR refuses the message, a bare
//    LF becomes CRLF and is counted. A lone dot is content: nobody searches it for an end, and who relays the message
//    with DATA stuffs it.
//  - Binary: every octet passes as it is. plain() tells whether it could have been sent as text after all.
//  - Every split of the input gives the same output and the same result.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace ph::smtp {

class ChunkReader {
 public:
  using Sink = std::function<void(std::string_view)>;

  ChunkReader(bool binary, Sink sink) : sink_(std::move(sink)), binary_(binary) {}

  void feed(std::string_view bytes);
  // After the last chunk.
  void finish();

  bool refused() const { return !binary_ && bareCrs_ > 0; }
  // No bare CR or LF, no NUL.
  bool textual() const { return bareCrs_ == 0 && bareLfs_ == 0 && !nul_; }
  // And no line longer than SMTP allows (RFC 5321 4.5.3.1.6).
  bool plain() const { return textual() && longest_ <= 998; }
  std::uint64_t size() const { return size_; }  // octets given to the sink
  std::uint64_t bareLfs() const { return bareLfs_; }

 private:
  void emit(std::string_view span);
  void endLine();

  Sink sink_;
  bool binary_;
  bool cr_ = false;  // the last octet was CR
  bool nul_ = false;
  std::uint64_t lineLength_ = 0;
  std::uint64_t longest_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t bareLfs_ = 0;
  std::uint64_t bareCrs_ = 0;
};

}  // namespace ph::smtp
