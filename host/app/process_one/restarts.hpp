// When a worker that died is started again, and when not any more. Pure: time is given, nothing is waited for here.
// The first death is followed by a start at once; each further one in a row by twice the wait, until it is given up.
// A worker that served for a while ends the row.
#pragma once

#include <chrono>
#include <optional>

namespace posthouse::app {

class Restarts {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kMaxInRow = 10;
  static constexpr auto kFirstWait = std::chrono::milliseconds(100);
  static constexpr auto kMaxWait = std::chrono::milliseconds(10'000);
  static constexpr auto kSteady = std::chrono::seconds(10);  // served so long: its death begins a new row

  // `served`: how long it was ready; zero when it never was. Nothing: give up.
  std::optional<std::chrono::milliseconds> died(Clock::duration served);
  int inRow() const { return inRow_; }
  // Somebody may have repaired what was wrong.
  void forget() { inRow_ = 0; }

 private:
  int inRow_ = 0;
};

}  // namespace posthouse::app
