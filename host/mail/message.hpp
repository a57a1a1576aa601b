// Message bytes behind a counted handle: what ph_message is inside the host.
// Threads: counting and reading from any thread; writing by one thread before finish().
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "env/env.hpp"
#include "ph/draft/host/message.h"

namespace posthouse::mail {

class Message {
 public:
  virtual ~Message() = default;
  virtual uint64_t length() const = 0;
  // Reads up to `size` bytes at `offset`; *out 0 at the end.
  virtual ph_status read(uint64_t offset, void* buffer, size_t size, size_t* out) const = 0;
  // All of it as one block; false when it is not in memory and larger than `max`.
  virtual bool view(size_t max, std::string_view* out) const = 0;
  virtual ph_status write(std::string_view data) {
    (void)data;
    return PH_E_INVALID;
  }
  virtual ph_status finish() { return PH_OK; }

  void retain() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  static Message* from(ph_message* m) { return reinterpret_cast<Message*>(m); }
  static const Message* from(const ph_message* m) { return reinterpret_cast<const Message*>(m); }
  ph_message* handle() { return reinterpret_cast<ph_message*>(this); }

 private:
  std::atomic<int> refs_{1};
};

// A counted pointer.
class MessageRef {
 public:
  MessageRef() = default;
  explicit MessageRef(Message* adopted) : m_(adopted) {}
  MessageRef(const MessageRef& o) : m_(o.m_) {
    if (m_) m_->retain();
  }
  MessageRef(MessageRef&& o) noexcept : m_(o.m_) { o.m_ = nullptr; }
  MessageRef& operator=(MessageRef o) noexcept {
    std::swap(m_, o.m_);
    return *this;
  }
  ~MessageRef() {
    if (m_) m_->release();
  }
  Message* get() const { return m_; }
  Message* operator->() const { return m_; }
  explicit operator bool() const { return m_ != nullptr; }

 private:
  Message* m_ = nullptr;
};

// A message being received: in memory at first, in an unnamed file under `folder` when it grows beyond 256 KiB.
// When the process's memory budget is exhausted, new ones go to their file at once.
Message* newBuffer(const std::string& folder, uint64_t maxSize);

// A message in an open file: `length` bytes from `offset`.
Message* newFileMessage(std::shared_ptr<env::File> file, uint64_t offset, uint64_t length);

// One more reference to a message that only counts as constant here: every Message lives behind a counted handle.
inline MessageRef share(const Message& message) {
  auto* m = const_cast<Message*>(&message);
  m->retain();
  return MessageRef(m);
}

// Complete header lines and a message below them, as one.
Message* newHeadedMessage(std::string headers, MessageRef message);

}  // namespace posthouse::mail
