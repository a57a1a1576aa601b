// Folders and streams; see outputs.hpp.
#include "transfer/outputs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "base/descriptor.hpp"

namespace posthouse::transfer {
namespace {

namespace fs = std::filesystem;

ph::Error failed(const std::string& path, int error) {
  const auto kind = error == EEXIST ? ph::Kind::Conflict : error == EACCES ? ph::Kind::Denied : ph::Kind::Temporary;
  return {kind, path + ": " + std::strerror(error)};
}

ph::Status writeAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

class StreamOutput final : public Output {
 public:
  explicit StreamOutput(int fd) : fd_(fd) {}
  ph::Status begin(const std::string&, std::int64_t) override { return {}; }
  ph::Status write(std::string_view bytes) override { return writeAll(fd_, bytes, "output"); }
  ph::Status file(const std::string&, std::string_view bytes, std::int64_t) override { return write(bytes); }
  ph::Status folder(const std::string&) override { return {}; }
  ph::Status finish() override { return {}; }

 private:
  const int fd_;
};

class FolderOutput final : public Output {
 public:
  explicit FolderOutput(std::string root) : root_(std::move(root)) {}

  ph::Status begin(const std::string& path, std::int64_t) override {
    if (auto done = end(); !done) return done;
    if (auto done = makeFolder(fs::path(path).parent_path().string()); !done) return done;
    path_ = root_ + "/" + path;
    file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    return file_ ? ph::Status() : ph::Status(failed(path_, errno));
  }
  ph::Status write(std::string_view bytes) override { return writeAll(file_.get(), bytes, path_); }
  ph::Status file(const std::string& path, std::string_view bytes, std::int64_t modified) override {
    if (auto done = begin(path, modified); !done) return done;
    if (auto done = write(bytes); !done) return done;
    const timespec times[2] = {{modified, 0}, {modified, 0}};
    if (::futimens(file_.get(), times) != 0) return failed(path_, errno);
    return end();
  }
  ph::Status folder(const std::string& path) override { return makeFolder(path); }
  // One sync for all: there may be a million files.
  ph::Status finish() override {
    if (auto done = end(); !done) return done;
    const Descriptor root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root || ::syncfs(root.get()) != 0) return failed(root_, errno);
    return {};
  }

 private:
  ph::Status end() {
    file_ = Descriptor();
    return {};
  }
  ph::Status makeFolder(const std::string& path) {
    if (path.empty() || made_.contains(path)) return {};
    std::error_code ec;
    fs::create_directories(root_ + "/" + path, ec);
    if (ec) return failed(root_ + "/" + path, ec.value());
    made_.insert(path);
    return {};
  }

  const std::string root_;
  std::string path_;
  Descriptor file_;
  std::set<std::string> made_;
};

}  // namespace

std::unique_ptr<Output> streamOutput(int descriptor) {
  return std::make_unique<StreamOutput>(descriptor);
}

ph::Result<std::unique_ptr<Output>> folderOutput(const std::string& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (ec) return failed(path, ec.value());
  return std::unique_ptr<Output>(std::make_unique<FolderOutput>(path));
}

ph::Result<std::unique_ptr<Output>> openOutput(const std::string& path) {
  if (path == "-") return streamOutput(STDOUT_FILENO);
  if (path.ends_with(".zip")) return archiveOutput(path, true);
  if (path.ends_with(".tgz") || path.ends_with(".tar.gz")) return archiveOutput(path, false);
  return folderOutput(path);
}

}  // namespace posthouse::transfer
