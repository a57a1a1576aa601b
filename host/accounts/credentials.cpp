#include "accounts/credentials.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace posthouse::accounts {
namespace {
constexpr unsigned long long kPasses = 2;
constexpr size_t kMemory = 19 * 1024 * 1024;
constexpr const char* kTag = "argon2id ";

bool ready() {
  static const bool ok = sodium_init() >= 0;
  return ok;
}

ph::Error ioError(const std::string& what) {
  return {ph::Kind::Temporary, what + ": " + std::strerror(errno)};
}
}  // namespace

ph::Result<std::string> hashPassword(std::string_view password) {
  char out[crypto_pwhash_STRBYTES];
  if (!ready() || crypto_pwhash_str_alg(out, password.data(), password.size(), kPasses, kMemory,
                                        crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return ph::Error{ph::Kind::Temporary, "not enough memory to hash a password"};
  }
  return std::string(out);
}

bool verifyPassword(const std::string& hash, std::string_view password) {
  return ready() && crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string credentialsFile(const std::string& dataDir, std::string_view account) {
  return dataDir + "/credentials/" + std::string(account);
}

ph::Result<Credentials> readCredentials(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return Credentials{};
    return ioError(path);
  }
  char buffer[4096];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  const int error = errno;
  ::close(fd);
  if (n < 0) {
    errno = error;
    return ioError(path);
  }
  Credentials c;
  std::string_view rest(buffer, static_cast<size_t>(n));
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (line.starts_with(kTag)) c.argon2id = line.substr(std::strlen(kTag));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return c;
}

ph::Status writeCredentials(const std::string& path, const Credentials& c) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec) return ph::Error{ph::Kind::Temporary, folder + ": " + ec.message()};
  ::chmod(folder.c_str(), 0700);
  const std::string next = path + ".new";
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return ioError(next);
  const std::string text = kTag + c.argon2id + "\n";
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(next.c_str(), path.c_str()) != 0) return ioError(path);
  const int dir = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0 || ::fsync(dir) != 0) {
    if (dir >= 0) ::close(dir);
    return ioError(folder);
  }
  ::close(dir);
  return {};
}

}  // namespace posthouse::accounts
