// Which plugin's code this thread runs, for the last words of a process that crashes.
// Guarantees: current() is async-signal-safe. Threads: each has its own answer.
#pragma once

namespace posthouse {

class InPlugin {
 public:
  // `name` must stay as long as this object.
  explicit InPlugin(const char* name) : before_(current_) { current_ = name; }
  ~InPlugin() { current_ = before_; }
  InPlugin(const InPlugin&) = delete;
  InPlugin& operator=(const InPlugin&) = delete;
  // Null or empty: none's.
  static const char* current() { return current_; }

 private:
  static inline thread_local const char* current_ = nullptr;
  const char* before_;
};

}  // namespace posthouse
