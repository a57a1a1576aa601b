#include "report/unpack.hpp"

#include <zlib.h>

#include <algorithm>
#include <string>

namespace ph_mailauth {

namespace {

constexpr size_t kPiece = 64 * 1024;

ph::Error damaged(const char* why) {
  return {ph::Kind::Invalid, why};
}

class Inflater {
 public:
  // `windowBits` as zlib has it: 31 for gzip, -15 for bare deflate.
  explicit Inflater(int windowBits) : ready_(inflateInit2(&stream_, windowBits) == Z_OK) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  ph::Status run(std::string_view in, const UnpackSink& sink) {
    if (!ready_) return ph::Error{ph::Kind::Temporary, "no memory to unpack"};
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(std::min<size_t>(in.size(), UINT32_MAX));
    std::string piece(kPiece, '\0');
    size_t total = 0;
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END) return damaged("compressed data is damaged");
      const size_t got = piece.size() - stream_.avail_out;
      total += got;
      if (total > kMaxUnpacked) return ph::Error{ph::Kind::Limit, "it unpacks to too much"};
      if (!sink(std::string_view(piece).substr(0, got)) || result == Z_STREAM_END) return {};
      if (got == 0 && stream_.avail_in == 0) return damaged("compressed data is cut off");
    }
  }

 private:
  z_stream stream_{};
  bool ready_;
};

// Little-endian numbers of a zip archive; 0 beyond the end.
uint32_t number(std::string_view data, size_t at, size_t octets) {
  uint32_t value = 0;
  for (size_t i = 0; i < octets && at + i < data.size(); ++i) {
    value |= static_cast<uint32_t>(static_cast<unsigned char>(data[at + i])) << (8 * i);
  }
  return value;
}

// The first file that the central directory names. Sizes count from there: local headers may leave them out.
ph::Status unzip(std::string_view data, const UnpackSink& sink) {
  constexpr size_t kEnd = 22, kEntry = 46, kLocal = 30;
  const size_t end = data.rfind("PK\x05\x06");
  if (end == data.npos || data.size() - end < kEnd) return damaged("the zip archive has no directory");
  const size_t entry = number(data, end + 16, 4);
  if (entry > data.size() || data.size() - entry < kEntry || data.substr(entry, 4) != "PK\x01\x02")
    return damaged("the zip archive's directory is damaged");
  if ((number(data, entry + 8, 2) & 1U) != 0) return damaged("the zip archive is encrypted");
  const uint32_t method = number(data, entry + 10, 2);
  const size_t size = number(data, entry + 20, 4), local = number(data, entry + 42, 4);
  if (local > data.size() || data.size() - local < kLocal || data.substr(local, 4) != "PK\x03\x04")
    return damaged("the zip archive's file is not where it should be");
  const size_t start = local + kLocal + number(data, local + 26, 2) + number(data, local + 28, 2);
  if (start > data.size() || data.size() - start < size) return damaged("the zip archive is cut off");
  const auto content = data.substr(start, size);
  if (method == 8) return Inflater(-MAX_WBITS).run(content, sink);
  if (method != 0) return damaged("the zip archive is compressed in an unknown way");
  if (content.size() > kMaxUnpacked) return ph::Error{ph::Kind::Limit, "it unpacks to too much"};
  sink(content);
  return {};
}

}  // namespace

ph::Status unpackReport(std::string_view packed, const UnpackSink& sink) {
  if (packed.substr(0, 2) == "\x1f\x8b") return Inflater(16 + MAX_WBITS).run(packed, sink);
  if (packed.substr(0, 4) == "PK\x03\x04") return unzip(packed, sink);
  const size_t first = packed.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == packed.npos || packed[first] != '<') return damaged("neither gzip, nor zip, nor XML");
  if (packed.size() > kMaxUnpacked) return ph::Error{ph::Kind::Limit, "it is too long"};
  sink(packed);
  return {};
}

}  // namespace ph_mailauth
