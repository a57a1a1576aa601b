#include "line_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace event_log {

namespace {

ph::Status syncFolderOf(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool ok = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!ok) return ph::Error{ph::Kind::Temporary, folder + ": " + std::strerror(errno)};
  return {};
}

}  // namespace

LineFile::~LineFile() {
  close();
}

void LineFile::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

ph::Status LineFile::failed(const char* what) {
  const int code = errno;
  close();
  return ph::Error{ph::Kind::Temporary, path_ + ": " + what + ": " + std::strerror(code)};
}

bool LineFile::stillThere() const {
  struct stat named {
  }, open{};
  return fd_ >= 0 && ::stat(path_.c_str(), &named) == 0 && ::fstat(fd_, &open) == 0 && named.st_ino == open.st_ino &&
         named.st_dev == open.st_dev;
}

ph::Status LineFile::open(const std::string& path) {
  if (path == path_ && stillThere()) return {};
  close();
  path_ = path;
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ < 0) return failed("open");
  if (auto s = removeUnfinished(); !s) return s;
  if (auto s = syncFolderOf(path_); !s) {
    close();
    return s;
  }
  return {};
}

// A process killed in the middle of a write left a part of a line; its event comes again.
ph::Status LineFile::removeUnfinished() {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return failed("stat");
  off_t keep = info.st_size;
  char c = '\n';
  while (keep > 0) {
    if (::pread(fd_, &c, 1, keep - 1) != 1) return failed("read");
    if (c == '\n') break;
    --keep;
  }
  if (keep < info.st_size && ::ftruncate(fd_, keep) != 0) return failed("truncate");
  return {};
}

ph::Status LineFile::append(std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t n = ::write(fd_, lines.data(), lines.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write");  // open() removes what was written of a line
    lines.remove_prefix(static_cast<size_t>(n));
  }
  if (::fdatasync(fd_) != 0) return failed("sync");
  return {};
}

}  // namespace event_log
