// What people see of the queue. Plain values.
#pragma once

#include <cstdint>
#include <string>

namespace posthouse::queue {

struct RcptInfo {
  int64_t id = 0;
  std::string message;  // the transaction's id
  std::string account;
  std::string reversePath;
  std::string forwardPath;
  std::string destination;
  int64_t queued = 0;
  int64_t due = 0;
  int64_t size = 0;
  int attempts = 0;
  bool held = false;
  std::string reason;  // why it still waits: the words of the last attempt
};

}  // namespace posthouse::queue
