#include "net/deflate_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace posthouse::net {
namespace {

// Raw DEFLATE. Peers may look back as far as there is, we do with less.
constexpr int kInWindow = -15;
constexpr int kOutWindow = -13;
constexpr int kOutMemory = 7;
constexpr int kLevel = 3;
constexpr size_t kDeflateBytes = (1 << 15) + (1 << 16) + 6 * 1024;  // zlib's own figures
constexpr size_t kInflateBytes = (1 << 15) + 8 * 1024;
constexpr size_t kPiece = 16 * 1024;

Bytef* bytes(const char* data) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(data));
}

}  // namespace

void DeflateStream::End::operator()(z_stream_s* s) const {
  (void)(isDeflate ? ::deflateEnd(s) : ::inflateEnd(s));
  delete s;
}

DeflateStream::DeflateStream() : deflate_(nullptr, End{true}), inflate_(nullptr, End{false}) {}
DeflateStream::~DeflateStream() = default;

bool DeflateStream::compress(std::string_view plain, std::string& out) {
  if (plain.empty()) return true;
  if (!deflate_) {
    auto fresh = std::make_unique<z_stream_s>();
    if (::deflateInit2(fresh.get(), kLevel, Z_DEFLATED, kOutWindow, kOutMemory, Z_DEFAULT_STRATEGY) != Z_OK)
      return false;
    deflate_.reset(fresh.release());
  }
  deflate_->next_in = bytes(plain.data());
  deflate_->avail_in = static_cast<uInt>(plain.size());
  std::array<char, kPiece> piece;
  do {
    deflate_->next_out = bytes(piece.data());
    deflate_->avail_out = piece.size();
    if (::deflate(deflate_.get(), Z_SYNC_FLUSH) == Z_STREAM_ERROR) return false;
    out.append(piece.data(), piece.size() - deflate_->avail_out);
  } while (deflate_->avail_out == 0);
  return true;
}

bool DeflateStream::resume() {
  auto fresh = std::make_unique<z_stream_s>();
  if (::inflateInit2(fresh.get(), kInWindow) != Z_OK) return false;
  inflate_.reset(fresh.release());
  if (history_.empty()) return true;
  const bool known =
      ::inflateSetDictionary(inflate_.get(), bytes(history_.data()), static_cast<uInt>(history_.size())) == Z_OK;
  std::string().swap(history_);
  return known;
}

bool DeflateStream::inflate(size_t room, std::string& out) {
  if (!hasInput() || room == 0) return true;
  if (ended_ || (!inflate_ && !resume())) return false;
  std::array<char, kPiece> piece;
  inflate_->next_in = bytes(in_.data() + inStart_);
  inflate_->avail_in = static_cast<uInt>(in_.size() - inStart_);
  int result = Z_OK;
  while (room > 0 && result == Z_OK) {
    inflate_->next_out = bytes(piece.data());
    inflate_->avail_out = static_cast<uInt>(std::min(room, piece.size()));
    const size_t asked = inflate_->avail_out;
    result = ::inflate(inflate_.get(), Z_SYNC_FLUSH);
    const size_t made = asked - inflate_->avail_out;
    out.append(piece.data(), made);
    room -= made;
    if (inflate_->avail_out > 0 && inflate_->avail_in == 0) break;
  }
  more_ = room == 0 && result == Z_OK && inflate_->avail_out == 0;
  inStart_ = in_.size() - inflate_->avail_in;
  if (inStart_ == in_.size()) {
    in_.clear();
    inStart_ = 0;
  }
  ended_ = result == Z_STREAM_END;
  return ended_ || result == Z_OK || result == Z_BUF_ERROR;
}

void DeflateStream::rest() {
  // What was written ends at a full byte, and what comes next refers to nothing before it.
  deflate_.reset();
  if (!hasInput()) std::string().swap(in_);
  // Between two blocks, with no bits left over: what a peer's flush leaves.
  constexpr int kBetweenBlocks = 128, kLastBlock = 64, kBits = 63;
  if (!inflate_ || hasInput() || (inflate_->data_type & (kBetweenBlocks | kLastBlock | kBits)) != kBetweenBlocks)
    return;
  std::string history(size_t{1} << 15, '\0');
  uInt size = 0;
  if (::inflateGetDictionary(inflate_.get(), bytes(history.data()), &size) != Z_OK) return;
  history_.assign(history, 0, size);
  inflate_.reset();
}

size_t DeflateStream::memory() const {
  return (deflate_ ? kDeflateBytes : 0) + (inflate_ ? kInflateBytes : 0) + history_.capacity() + in_.capacity();
}

}  // namespace posthouse::net
