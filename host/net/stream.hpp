// The bytes of one connected socket, plain or TLS, with what was read and not consumed, written and not sent.
//
// Guarantees: non-blocking; empty buffers keep no memory once shrink() was called; what the buffers hold counts in the
// memory budget. Threads: one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/memory_budget.hpp"
#include "net/deflate_stream.hpp"
#include "net/tls_stream.hpp"

namespace posthouse::net {

class Stream {
 public:
  explicit Stream(int fd = -1) : fd_(fd) {}  // owns it
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int fd() const { return fd_; }
  void reset(int fd);  // another socket; everything of the old one is forgotten
  void startTls(std::unique_ptr<TlsStream> tls);
  TlsStream* tls() const { return tls_.get(); }
  // From here on what is written is deflated, and what was not consumed yet and all that comes is inflated (RFC 4978).
  // False: it is so already.
  bool startCompression();

  std::string_view input() const { return std::string_view(in_).substr(inStart_); }
  bool consume(size_t n);  // false: more than there is
  // Reads what is there, until input() holds `limit` bytes; true when it grew. `*mayRead` becomes false when the socket
  // is empty.
  bool fill(size_t limit, bool* mayRead);
  void write(std::string_view data);
  size_t pending() const { return out_.size() - outStart_; }
  Io flush();
  void shutdown();  // sends no more
  // Tells the peer's kernel at once that its bytes arrived, if no answer will carry the acknowledgement.
  void acknowledge();
  void shrink();

  bool eof() const { return eof_ && !(deflate_ && deflate_->hasInput()); }
  bool broken() const { return broken_; }
  void setBroken() { broken_ = true; }
  // A read waits for the socket to become writable. forgetWant() when it will be tried again anyway.
  bool wantsWrite() const { return wantsWrite_; }
  void forgetWant() { wantsWrite_ = false; }

 private:
  bool receive(size_t room, size_t* count, bool* mayRead);
  bool inflate(size_t limit);
  void account() { share_.set(in_.capacity() + out_.capacity() + (deflate_ ? deflate_->memory() : 0)); }

  int fd_;
  std::unique_ptr<TlsStream> tls_;
  std::unique_ptr<DeflateStream> deflate_;
  std::string in_;
  size_t inStart_ = 0;
  std::string out_;
  size_t outStart_ = 0;
  MemoryBudget::Share share_;
  bool eof_ = false;
  bool broken_ = false;
  bool wantsWrite_ = false;
  bool received_ = false;  // since the last acknowledge()
  bool answered_ = false;  // something was written after the last input
};

// A buffer of the thread, for what is read and soon copied or forgotten.
inline constexpr size_t kReadChunk = 64 * 1024;
char* readBuffer();

}  // namespace posthouse::net
