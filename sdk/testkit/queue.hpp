// A ph.queue/1 that keeps what it was given for a test to look at. Threads: one.
#pragma once

#include <ph/draft/host/queue.h>

#include <vector>

#include "testkit/pipeline.hpp"

namespace ph::testkit {

class Queue {
 public:
  static constexpr const char* kId = "testkit.queue";

  Queue();
  const ph_queue* table() const { return &table_; }

  ph_status answer = PH_OK;
  std::vector<Mail> submitted;

 private:
  ph_queue table_;
};

}  // namespace ph::testkit
