#include "app/cli/progress_bar.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace posthouse::app::cli {
namespace {

constexpr std::chrono::milliseconds kEvery{200};
constexpr size_t kBar = 20, kMinColumns = 20, kColumns = 80;
constexpr const char* kClear = "\r\x1b[K";

std::string grouped(uint64_t n) {
  std::string out = std::to_string(n);
  for (size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

std::string duration(double seconds) {
  const auto s = static_cast<uint64_t>(seconds + 0.5);
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return std::to_string(s / 3600) + " h " + std::to_string(s % 3600 / 60) + " min";
}

size_t columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= kMinColumns ? size.ws_col : kColumns;
}

}  // namespace

std::string progressText(const Progress& p, double seconds, size_t columns) {
  std::string out;
  const double rate = seconds > 0 ? static_cast<double>(p.done) / seconds : 0;
  if (p.total > 0) {
    const double share = std::min(1.0, static_cast<double>(p.done) / static_cast<double>(p.total));
    const auto full = static_cast<size_t>(share * kBar);
    const std::string percent = std::to_string(static_cast<int>(share * 100));
    out = "[" + std::string(full, '#') + std::string(kBar - full, ' ') + "] " + std::string(3 - percent.size(), ' ') +
          percent + " %  " + grouped(p.done) + " of " + grouped(p.total) + " " + p.unit;
  } else {
    out = grouped(p.done) + " " + p.unit;
  }
  if (rate >= 1) out += ", " + grouped(static_cast<uint64_t>(rate)) + "/s";
  if (rate > 0 && p.total > p.done) out += ", " + duration(static_cast<double>(p.total - p.done) / rate) + " left";
  if (out.size() >= columns) out.resize(columns - 1);
  return out;
}

ProgressBar::ProgressBar()
    : terminal_(::isatty(STDERR_FILENO) == 1), begun_(std::chrono::steady_clock::now()), next_(begun_ + kEvery) {}

ProgressBar::~ProgressBar() {
  if (shown_) std::cerr << kClear << std::flush;
}

void ProgressBar::show(const Progress& p) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now < next_) return;
  next_ = now + kEvery;
  shown_ = true;
  std::cerr << kClear << progressText(p, std::chrono::duration<double>(now - begun_).count(), columns()) << std::flush;
}

TellProgress ProgressBar::tell() {
  return [this](const Progress& p) {
    show(p);
    return true;
  };
}

}  // namespace posthouse::app::cli
