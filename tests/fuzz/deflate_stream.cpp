// What a client that asked for compression may send: however it is cut and however little room there is, the same comes
// out, no more than there is room for, and the stream rests and goes on in between.
#include "net/deflate_stream.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

using posthouse::net::DeflateStream;

namespace {

// Two windows. Octet by octet, and at rest after each, more takes seconds with sanitizers: that says nothing.
constexpr size_t kMost = 1 << 16;
constexpr size_t kMostInput = 1 << 12;

// What came out, and whether all of it was DEFLATE.
std::pair<std::string, bool> run(std::string_view in, size_t piece, size_t room, bool rests) {
  DeflateStream s;
  std::string out;
  while (!in.empty() && out.size() < kMost) {
    s.feed(in.substr(0, piece));
    in.remove_prefix(std::min(piece, in.size()));
    while (s.hasInput() && out.size() < kMost) {
      const size_t before = out.size();
      if (!s.inflate(std::min(room, kMost - before), out)) return {out, false};
      if (out.size() - before > room) std::abort();
    }
    if (rests) s.rest();
  }
  return {out, true};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), std::min(size, kMostInput));
  const auto whole = run(in, SIZE_MAX, kMost, false);
  for (const auto& other : {run(in, 1, 7, false), run(in, 1, kMost, true), run(in, 13, 1, true)}) {
    // Where it breaks is the same; how much of the last piece came before is not.
    if (other.second != whole.second && other.first.size() < kMost && whole.first.size() < kMost) std::abort();
    if (whole.second && other.first != whole.first) std::abort();
  }
  return 0;
}
