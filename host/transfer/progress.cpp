#include "transfer/progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace posthouse::transfer {
namespace {

std::string sizeText(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "KB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  for (; value >= 1000 && unit < 4; ++unit) value /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (terminal_ && drawn_.time_since_epoch().count() != 0) std::cerr << "\r\x1b[K";
}

void Progress::add(std::uint64_t messages, std::uint64_t bytes) {
  messages_ += messages;
  bytes_ += bytes;
  draw();
}

void Progress::say(const std::string& line) {
  std::cerr << (terminal_ ? "\r\x1b[K" : "") << line << "\n";
}

std::string Progress::summary() const {
  const auto elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  char text[64];
  std::snprintf(text, sizeof text, " in %.0f s (%.0f/s)", elapsed,
                elapsed > 0 ? static_cast<double>(messages_) / elapsed : 0);
  return std::to_string(messages_) + " messages, " + sizeText(bytes_) + text;
}

void Progress::draw() {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - drawn_ < std::chrono::milliseconds(500)) return;
  drawn_ = now;
  std::cerr << "\r\x1b[K" << summary() << (what_.empty() ? "" : "  " + what_) << std::flush;
}

}  // namespace posthouse::transfer
