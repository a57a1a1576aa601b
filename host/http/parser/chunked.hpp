// The chunked transfer coding, read piece by piece.
// Guarantees: extensions and trailers are bounded, checked and dropped; every line ends with CRLF or it is refused.
// Threads: one at a time. RFC 9112 7.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace posthouse::http {

class ChunkedReader {
 public:
  static constexpr size_t kMaxSizeLine = 256;  // with extensions
  static constexpr size_t kMaxTrailer = 4 * 1024;

  enum class State { More, Done, Refused };

  // Decodes from the beginning of `input` and appends to `*out` until that holds `limit` bytes. `*used`: the bytes of
  // `input` that are done with. Done: the body is complete. After Refused nothing is read any more.
  State read(std::string_view input, size_t limit, std::string* out, size_t* used);

 private:
  enum class Part { Size, Data, DataEnd, Trailer, End, Bad };
  bool size(std::string_view line);
  bool trailer(std::string_view line);

  Part part_ = Part::Size;
  uint64_t left_ = 0;  // of the chunk
  size_t trailer_ = 0;
};

}  // namespace posthouse::http
