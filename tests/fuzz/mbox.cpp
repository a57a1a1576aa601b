// The mbox splitter: the same messages whatever the pieces it is fed in, none larger than what was fed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "ph/mbox/splitter.hpp"

namespace {

constexpr size_t kMost = 4096;

std::vector<ph::mbox::Message> split(std::string_view text, size_t piece) {
  std::vector<ph::mbox::Message> out;
  ph::mbox::Splitter splitter(kMost, [&](ph::mbox::Message&& m) {
    out.push_back(std::move(m));
    return ph::Status();
  });
  for (size_t at = 0; at < text.size(); at += piece)
    if (!splitter.feed(text.substr(at, piece))) std::abort();
  if (!splitter.finish() || splitter.skipped() > text.size()) std::abort();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = split(text, text.size() + 1);
  uint64_t last = 0, bytes = 0;
  for (const auto& m : whole) {
    bytes += m.bytes.size();
    if (m.offset < last || m.offset >= size || bytes > size) std::abort();
    last = m.offset;
  }
  if (size > kMost) return 0;  // what is too long is seen where a piece ends
  for (const size_t piece : {size_t{1}, size_t{5}}) {
    const auto pieces = split(text, piece);
    if (pieces.size() != whole.size()) std::abort();
    for (size_t i = 0; i < whole.size(); ++i)
      if (pieces[i].bytes != whole[i].bytes || pieces[i].offset != whole[i].offset) std::abort();
  }
  return 0;
}
