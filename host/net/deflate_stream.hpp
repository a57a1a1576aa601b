// DEFLATE in both directions between a session and its socket or TLS. RFC 1951, RFC 4978 3.
//
// Guarantees: output can be decoded at each write's end; input is inflated only as far as there is room for it, so a
// bomb costs its sender a turn and us nothing; rest() leaves what a peer sent last, at most 32 KiB, and nothing else.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace posthouse::net {

class DeflateStream {
 public:
  DeflateStream();
  ~DeflateStream();

  // Appends to `out`; false: no memory.
  bool compress(std::string_view plain, std::string& out);

  // What the peer sent.
  void feed(std::string_view compressed) { in_.append(compressed); }
  // Something is left of it, or of what it stands for.
  bool hasInput() const { return inStart_ < in_.size() || more_; }
  // Appends at most `room` bytes to `out`; false: this is not DEFLATE, or comes behind its end.
  bool inflate(size_t room, std::string& out);

  // Nothing will come or go for a while: gives memory back.
  void rest();
  size_t memory() const;

 private:
  struct End {
    void operator()(z_stream_s* s) const;
    bool isDeflate;
  };
  using Stream = std::unique_ptr<z_stream_s, End>;

  bool resume();

  Stream deflate_;
  Stream inflate_;
  std::string history_;  // of the input, while there is no inflate_
  std::string in_;
  size_t inStart_ = 0;
  bool more_ = false;   // there was no room for all that was inflated
  bool ended_ = false;  // by the peer
};

}  // namespace posthouse::net
