// The Env over Linux system calls.
// Guarantees: every call is repeated after EINTR, none after another error (above all fsync).
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "env/env.hpp"

namespace posthouse::env {
namespace {

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { ::close(fd_); }

  ph::Result<std::size_t> read(std::uint64_t offset, void* to, std::size_t size) const override {
    std::size_t got = 0;
    while (got < size) {
      const auto n = ::pread(fd_, static_cast<char*>(to) + got, size - got, static_cast<off_t>(offset + got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ioError(errno, "read", path_);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    return got;
  }

  ph::Result<std::size_t> readSome(std::uint64_t offset, void* to, std::size_t size) const override {
    ssize_t n;
    do n = ::pread(fd_, to, size, static_cast<off_t>(offset));
    while (n < 0 && errno == EINTR);
    if (n < 0) return ioError(errno, "read", path_);
    return static_cast<std::size_t>(n);
  }

  ph::Status write(std::uint64_t offset, std::string_view data) override {
    while (!data.empty()) {
      const auto n = ::pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ioError(errno, "write", path_);
      data.remove_prefix(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  ph::Status truncate(std::uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return ioError(errno, "truncate", path_);
    return {};
  }

  void startSync() override { (void)::sync_file_range(fd_, 0, 0, SYNC_FILE_RANGE_WRITE); }

  // fdatasync also writes the metadata that is needed to find the data again, the size above all.
  ph::Status sync() override {
    if (::fdatasync(fd_) != 0) return ioError(errno, "sync", path_);
    return {};
  }

  ph::Result<std::uint64_t> size() const override {
    struct stat st {};
    if (::fstat(fd_, &st) != 0) return ioError(errno, "stat", path_);
    return static_cast<std::uint64_t>(st.st_size);
  }

  int descriptor() const override { return fd_; }

 private:
  const int fd_;
  const std::string path_;
};

int openRetry(const char* path, int flags, mode_t mode, int folder = AT_FDCWD) {
  int fd;
  do fd = ::openat(folder, path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

// Without a new time of access, which the disk would have to write for each file that is read first. Only the owner of
// a file may ask for that.
int openToRead(const char* path, int folder = AT_FDCWD) {
  const int fd = openRetry(path, O_RDONLY | O_NOATIME, 0, folder);
  return fd < 0 && errno == EPERM ? openRetry(path, O_RDONLY, 0, folder) : fd;
}

class PosixFolder final : public Folder {
 public:
  PosixFolder(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  PosixFolder(const PosixFolder&) = delete;
  PosixFolder& operator=(const PosixFolder&) = delete;
  ~PosixFolder() override { ::close(fd_); }
  ph::Result<std::unique_ptr<File>> open(const std::string& name) override {
    const int fd = openToRead(name.c_str(), fd_);
    if (fd < 0) return ioError(errno, "open", path_ + "/" + name);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path_ + "/" + name));
  }

 private:
  const int fd_;
  const std::string path_;
};

class PosixEnv final : public Env {
 public:
  ph::Result<std::unique_ptr<File>> open(const std::string& path, Open how) override {
    int flags = O_RDWR;
    if (how == Open::Create) flags |= O_CREAT;
    if (how == Open::CreateNew) flags |= O_CREAT | O_EXCL;
    const int fd = how == Open::Read ? openToRead(path.c_str()) : openRetry(path.c_str(), flags, 0600);
    if (fd < 0) return ioError(errno, "open", path);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }

  ph::Result<std::unique_ptr<Folder>> openFolder(const std::string& path) override {
    const int fd = openRetry(path.c_str(), O_PATH | O_DIRECTORY, 0);
    if (fd < 0) return ioError(errno, "open folder", path);
    return std::unique_ptr<Folder>(std::make_unique<PosixFolder>(fd, path));
  }

  ph::Status link(const std::string& from, const std::string& to) override {
    return check(::link(from.c_str(), to.c_str()), "link", to);
  }
  ph::Status rename(const std::string& from, const std::string& to) override {
    return check(::rename(from.c_str(), to.c_str()), "rename", to);
  }
  ph::Status unlink(const std::string& path) override { return check(::unlink(path.c_str()), "unlink", path); }
  ph::Status makeFolder(const std::string& path) override {
    return check(::mkdir(path.c_str(), 0700), "make folder", path);
  }
  ph::Status removeFolder(const std::string& path) override {
    return check(::rmdir(path.c_str()), "remove folder", path);
  }

  ph::Status syncFolder(const std::string& path) override {
    const int fd = openRetry(path.c_str(), O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return ioError(errno, "open folder", path);
    const int failed = ::fsync(fd) != 0 ? errno : 0;
    ::close(fd);
    if (failed != 0) return ioError(failed, "sync folder", path);
    return {};
  }

  ph::Result<std::vector<std::string>> list(const std::string& path) override {
    DIR* dir = ::opendir(path.c_str());
    if (dir == nullptr) return ioError(errno, "list", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(dir)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    const int failed = errno;
    ::closedir(dir);
    if (failed != 0) return ioError(failed, "list", path);
    return names;
  }

  ph::Result<Info> info(const std::string& path) override {
    struct stat st {};
    if (::lstat(path.c_str(), &st) != 0) return ioError(errno, "stat", path);
    return Info{S_ISDIR(st.st_mode), static_cast<std::uint64_t>(st.st_size)};
  }

  ph::Result<Space> space(const std::string& path) override {
    struct statvfs fs {};
    if (::statvfs(path.c_str(), &fs) != 0) return ioError(errno, "statvfs", path);
    return Space{std::uint64_t{fs.f_bavail} * fs.f_frsize, std::uint64_t{fs.f_blocks} * fs.f_frsize};
  }

 private:
  static ph::Status check(int rc, const char* what, const std::string& path) {
    if (rc != 0) return ioError(errno, what, path);
    return {};
  }
};

}  // namespace

Env& posix() {
  static PosixEnv env;
  return env;
}

}  // namespace posthouse::env
