// A folder, walked one level at a time: only the names of the folders on the way to the current file are held.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/descriptor.hpp"
#include "transfer/entries.hpp"

namespace posthouse::transfer {
namespace {

namespace fs = std::filesystem;

ph::Error failed(const std::string& path, int error) {
  const auto kind = error == ENOENT ? ph::Kind::NotFound : error == EACCES ? ph::Kind::Denied : ph::Kind::Temporary;
  return {kind, path + ": " + std::strerror(error)};
}

class FolderEntries final : public Entries {
 public:
  FolderEntries(std::string root, bool single, Descend descend)
      : root_(std::move(root)), single_(single), descend_(std::move(descend)) {}

  ph::Status begin() {
    if (single_) {
      levels_.push_back({"", {}, {fs::path(root_).filename().string()}});
      return {};
    }
    return enter("");
  }

  ph::Result<bool> next(Entry& entry) override {
    file_ = Descriptor();
    while (!levels_.empty()) {
      auto& level = levels_.back();
      if (!level.files.empty()) {
        const auto name = std::move(level.files.back());
        level.files.pop_back();
        const auto path = level.path + name;
        const auto full = single_ ? root_ : root_ + "/" + path;
        file_ = Descriptor(::open(full.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
        if (!file_) {
          if (errno == ELOOP || errno == ENOENT) continue;  // a link, or gone meanwhile
          return failed(full, errno);
        }
        struct stat st {};
        if (::fstat(file_.get(), &st) != 0) return failed(full, errno);
        if (!S_ISREG(st.st_mode)) continue;
        ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
        entry = {path, static_cast<std::int64_t>(st.st_mtime), static_cast<std::uint64_t>(st.st_size)};
        return true;
      }
      if (level.folders.empty()) {
        levels_.pop_back();
        continue;
      }
      const auto path = level.path + level.folders.back() + "/";
      level.folders.pop_back();
      if (descend_ && !descend_(path)) continue;
      if (auto done = enter(path); !done) return done.error();
    }
    return false;
  }

  ph::Result<std::size_t> read(char* to, std::size_t size) override {
    for (;;) {
      const ssize_t n = ::read(file_.get(), to, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed(root_, errno);
      position_ += static_cast<std::uint64_t>(n);
      return static_cast<std::size_t>(n);
    }
  }

  bool single() const override { return single_; }
  std::uint64_t position() const override { return position_; }

 private:
  // Both lists are taken from the back.
  struct Level {
    std::string path;
    std::vector<std::string> folders, files;
  };

  ph::Status enter(const std::string& path) {
    constexpr std::size_t kDeepest = 64;
    if (levels_.size() > kDeepest) return ph::Error{ph::Kind::Permanent, root_ + "/" + path + ": too deep"};
    Level level{path, {}, {}};
    std::error_code ec;
    for (fs::directory_iterator i(root_ + "/" + path, ec), end; !ec && i != end; i.increment(ec)) {
      std::error_code ignored;
      auto name = i->path().filename().string();
      const auto status = i->symlink_status(ignored);
      (fs::is_directory(status) ? level.folders : level.files).push_back(std::move(name));
    }
    if (ec) return failed(root_ + "/" + path, ec.value());
    std::sort(level.folders.rbegin(), level.folders.rend());
    std::sort(level.files.rbegin(), level.files.rend());
    levels_.push_back(std::move(level));
    return {};
  }

  const std::string root_;
  const bool single_;
  const Descend descend_;
  std::vector<Level> levels_;
  Descriptor file_;
  std::uint64_t position_ = 0;
};

}  // namespace

ph::Result<std::string> Entries::readAll(std::size_t most) {
  std::string out;
  constexpr std::size_t kPiece = 64 * 1024;
  for (std::size_t size = 0;;) {
    out.resize(size + kPiece);
    const auto got = read(out.data() + size, kPiece);
    if (!got) return got.error();
    size += *got;
    out.resize(size);
    if (*got == 0) return out;
    if (size > most) return ph::Error{ph::Kind::Limit, "is too long"};
  }
}

ph::Result<std::unique_ptr<Entries>> openFolder(const std::string& path, Descend descend) {
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) return failed(path, errno);
  auto entries = std::make_unique<FolderEntries>(path, !S_ISDIR(st.st_mode), std::move(descend));
  if (auto done = entries->begin(); !done) return done.error();
  return std::unique_ptr<Entries>(std::move(entries));
}

ph::Result<std::unique_ptr<Entries>> openEntries(const std::string& path) {
  if (path == "-") return openArchive(path);
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) return failed(path, errno);
  if (S_ISDIR(st.st_mode)) return openFolder(path);
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return failed(path, errno);
  char head[300] = {};
  const ssize_t n = ::pread(fd.get(), head, sizeof head, 0);
  const std::string_view bytes(head, n > 0 ? static_cast<std::size_t>(n) : 0);
  for (const std::string_view magic : {"PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "BZh", "\x28\xb5\x2f\xfd"})
    if (bytes.starts_with(magic)) return openArchive(path);
  if (bytes.starts_with(std::string_view("\xfd"
                                         "7zXZ",
                                         5)) ||
      bytes.substr(std::min<std::size_t>(257, bytes.size())).starts_with("ustar"))
    return openArchive(path);
  return openFolder(path);
}

}  // namespace posthouse::transfer
