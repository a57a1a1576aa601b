#include "admin/store_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/descriptor.hpp"
#include "json/parse.hpp"

namespace posthouse::admin {
namespace {

namespace fs = std::filesystem;

ph::Error failed(const std::string& path, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  const auto kind = denied ? ph::Kind::Denied : error == ENOENT ? ph::Kind::NotFound : ph::Kind::Temporary;
  return {kind, path + ": " + std::strerror(error) + (denied ? ": the server may not change it" : "")};
}

ph::Status syncFolder(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0 ? ph::Status() : ph::Status(failed(folder, errno));
}

bool writeAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

ph::Status replaceFile(const std::string& path, std::string_view text) {
  std::error_code ec;
  fs::create_directories(fs::path(path).parent_path(), ec);
  if (ec) return failed(path, ec.value());
  struct stat old {};
  const mode_t mode = ::stat(path.c_str(), &old) == 0 ? old.st_mode & 0777 : 0600;
  const std::string next = path + ".new";
  Descriptor fd(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return failed(path, errno);
  if (!writeAll(fd.get(), text) || ::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0 ||
      ::rename(next.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(next.c_str());
    return failed(path, error);
  }
  return syncFolder(path);
}

ph::Status removeFile(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failed(path, errno);
  return syncFolder(path);
}

ph::Result<std::string> readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return failed(path, errno);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

ph::Result<json::Value> readJson(const std::string& path) {
  const auto text = readFile(path);
  if (!text) return text.error().kind == ph::Kind::NotFound ? ph::Result<json::Value>(json::Value()) : text.error();
  auto parsed = json::parse(*text);
  if (!parsed) return ph::Error{ph::Kind::Temporary, path + ": " + parsed.error().text};
  return parsed;
}

}  // namespace posthouse::admin
