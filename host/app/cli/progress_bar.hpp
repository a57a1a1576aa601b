// A line on a terminal that says how far long work is. Guarantees: nothing is shown when standard error is no terminal,
// nor before it has taken a moment; nothing stays of it. Threads: one.
#pragma once

#include <chrono>
#include <string>

#include "base/progress.hpp"

namespace posthouse::app::cli {

class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(const Progress& p);
  // Always true: who types the command ends it by a signal.
  TellProgress tell();

 private:
  const bool terminal_;
  const std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point next_;
  bool shown_ = false;
};

// `work` with a bar for as long as it takes.
template <class Work>
auto withBar(const Work& work) {
  ProgressBar bar;
  return work(bar.tell());
}

// "[#####               ]  25 %  2,500 of 10,000 messages, 1,200/s, 6 s left" in at most `columns`.
std::string progressText(const Progress& p, double seconds, size_t columns);

}  // namespace posthouse::app::cli
