#include "pipeline/breaker.hpp"

#include <algorithm>

namespace posthouse::pipeline {

Breaker::Admission Breaker::admit(Clock::time_point now) {
  std::lock_guard lock(mutex_);
  if (state_ == State::Closed) return Admission::Yes;
  if (state_ == State::Trial || now < until_) return Admission::No;
  state_ = State::Trial;
  return Admission::Trial;
}

Breaker::Change Breaker::succeeded(Admission admission) {
  std::lock_guard lock(mutex_);
  if (admission == Admission::Trial) {
    state_ = State::Closed;
    faults_ = 0;
    pause_ = options_.first;
    return Change::Closed;
  }
  // What began before the breaker opened says nothing about now.
  if (state_ == State::Closed) faults_ = 0;
  return Change::None;
}

Breaker::Change Breaker::failed(Admission admission, Clock::time_point now) {
  std::lock_guard lock(mutex_);
  const bool trial = admission == Admission::Trial;
  if (trial) {
    pause_ = std::min(pause_ * 2, options_.longest);
  } else if (state_ != State::Closed || ++faults_ < options_.faults) {
    return Change::None;
  }
  state_ = State::Open;
  until_ = now + pause_;
  return trial ? Change::Longer : Change::Opened;
}

void Breaker::dropped(Admission admission) {
  std::lock_guard lock(mutex_);
  if (admission == Admission::Trial) state_ = State::Open;  // the pause is over: the next one is the trial
}

Breaker::State Breaker::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

std::chrono::milliseconds Breaker::pause() const {
  std::lock_guard lock(mutex_);
  return pause_;
}

}  // namespace posthouse::pipeline
