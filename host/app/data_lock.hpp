// One server per data folder: an exclusive lock on data/lock that the kernel drops when the process ends.
#pragma once

#include <chrono>
#include <string>

#include "ph/result.hpp"

namespace posthouse::app {

class DataLock {
 public:
  // Conflict: another process serves this folder, also after `patience`; the text names its pid.
  static ph::Result<DataLock> take(const std::string& dataDir, std::chrono::milliseconds patience = {});
  // The pid of the server that holds the lock, 0: none.
  static int holder(const std::string& dataDir);
  DataLock(DataLock&& o) noexcept : fd_(o.fd_) { o.fd_ = -1; }
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace posthouse::app
