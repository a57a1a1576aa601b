#include "app/process_one/trusted_file.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <vector>

namespace posthouse::app {
namespace {

constexpr int kMaxLinks = 40;

void prepend(std::deque<std::string>& parts, const std::string& path) {
  std::vector<std::string> found;
  for (size_t i = 0; i < path.size();) {
    const size_t end = std::min(path.find('/', i), path.size());
    if (end > i) found.push_back(path.substr(i, end - i));
    i = end + 1;
  }
  parts.insert(parts.begin(), found.begin(), found.end());
}

class Walk {
 public:
  explicit Walk(const std::string& path) : path_(path) {}

  ph::Result<Descriptor> open() {
    if (path_.empty() || path_[0] != '/') return ph::Error{ph::Kind::Invalid, path_ + " is not absolute"};
    prepend(parts_, path_);
    if (auto s = fromRoot(); !s) return s.error();
    while (!parts_.empty()) {
      const std::string part = std::move(parts_.front());
      parts_.pop_front();
      if (part == ".") continue;
      if (part == "..") {
        if (folders_.size() > 1) folders_.pop_back();
        continue;
      }
      Descriptor here(::openat(folders_.back().get(), part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (!here) return failed();
      struct stat st {};
      if (auto s = judge(here.get(), part, &st); !s) return s.error();
      if (S_ISLNK(st.st_mode)) {
        if (auto s = follow(here.get()); !s) return s.error();
      } else if (S_ISDIR(st.st_mode)) {
        folders_.push_back(std::move(here));
      } else if (S_ISREG(st.st_mode) && parts_.empty()) {
        // The folder is root's own: the name still means what was looked at.
        Descriptor file(::openat(folders_.back().get(), part.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
        if (!file) return failed();
        return file;
      } else {
        break;
      }
    }
    return ph::Error{ph::Kind::Invalid, path_ + " is not a file"};
  }

 private:
  ph::Error failed() const { return {ph::Kind::Denied, path_ + ": " + std::strerror(errno)}; }

  ph::Status fromRoot() {
    folders_.clear();
    Descriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) return failed();
    struct stat st {};
    if (auto s = judge(root.get(), "/", &st); !s) return s;
    folders_.push_back(std::move(root));
    return {};
  }

  ph::Status judge(int fd, const std::string& name, struct stat* st) const {
    if (::fstat(fd, st) != 0) return failed();
    const bool ours = st->st_uid == 0 || st->st_uid == ::geteuid();
    const bool shared = (st->st_mode & S_IWOTH) || ((st->st_mode & S_IWGRP) && st->st_gid != 0);
    const bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
    if (ours && (!shared || sticky || S_ISLNK(st->st_mode))) return {};
    return ph::Error{ph::Kind::Denied,
                     path_ + ": others than root can change '" + name + "', so root does not read what it leads to"};
  }

  ph::Status follow(int link) {
    char target[PATH_MAX];
    const ssize_t n = ::readlinkat(link, "", target, sizeof target);
    if (n < 0) return failed();
    if (++links_ > kMaxLinks || n == sizeof target) return ph::Error{ph::Kind::Invalid, path_ + ": too many links"};
    prepend(parts_, std::string(target, static_cast<size_t>(n)));
    return target[0] == '/' ? fromRoot() : ph::Status();
  }

  const std::string path_;
  std::deque<std::string> parts_;
  std::vector<Descriptor> folders_;
  int links_ = 0;
};

}  // namespace

ph::Result<Descriptor> openTrusted(const std::string& path) {
  return Walk(path).open();
}

}  // namespace posthouse::app
