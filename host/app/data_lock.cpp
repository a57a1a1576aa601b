#include "app/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace posthouse::app {
namespace {

constexpr std::chrono::milliseconds kAgain{20};

int readPid(int fd) {
  char text[32] = "";
  const ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  return n > 0 ? static_cast<int>(std::strtol(text, nullptr, 10)) : 0;
}

}  // namespace

ph::Result<DataLock> DataLock::take(const std::string& dataDir, std::chrono::milliseconds patience) {
  const std::string path = dataDir + "/lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return ph::Error{ph::Kind::Temporary, path + ": " + std::strerror(errno)};
  const auto end = std::chrono::steady_clock::now() + patience;
  bool taken = false;
  while (!(taken = ::flock(fd, LOCK_EX | LOCK_NB) == 0) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(kAgain);
  if (!taken) {
    const int pid = readPid(fd);
    ::close(fd);
    return ph::Error{ph::Kind::Conflict,
                     dataDir + " is served by another process already (pid " + std::to_string(pid) + ")"};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // In this order whoever reads meanwhile finds a whole number.
  if (::pwrite(fd, pid.data(), pid.size(), 0) < 0 || ::ftruncate(fd, static_cast<off_t>(pid.size())) != 0) {
    ::close(fd);
    return ph::Error{ph::Kind::Temporary, path + ": " + std::strerror(errno)};
  }
  return DataLock(fd);
}

int DataLock::holder(const std::string& dataDir) {
  const int fd = ::open((dataDir + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  int pid = 0;
  if (::flock(fd, LOCK_SH | LOCK_NB) != 0) pid = readPid(fd);
  ::close(fd);
  return pid;
}

DataLock::~DataLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace posthouse::app
