// How far an import or an export is: a line on a terminal that is drawn anew, nothing elsewhere. Threads: one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace posthouse::transfer {

class Progress {
 public:
  // Only when standard error is a terminal.
  Progress();
  ~Progress();
  void add(std::uint64_t messages, std::uint64_t bytes);
  // What is worked on.
  void at(const std::string& what) { what_ = what; }
  // A line for people, above the one that is drawn anew.
  void say(const std::string& line);

  std::uint64_t messages() const { return messages_; }
  std::uint64_t bytes() const { return bytes_; }
  // "1234 messages, 5.6 MB in 7 s (176/s)"
  std::string summary() const;

 private:
  void draw();

  const bool terminal_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point drawn_{};
  std::uint64_t messages_ = 0, bytes_ = 0;
  std::string what_;
};

}  // namespace posthouse::transfer
