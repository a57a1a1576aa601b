#include "accounts/credentials.hpp"

#include <algorithm>

#include <fcntl.h>
#include <openssl/rand.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "accounts/credentials_text.hpp"
#include "ph/sasl/opaque_string.hpp"

namespace posthouse::accounts {
namespace {
constexpr unsigned long long kPasses = 2;
constexpr size_t kMemory = 19 * 1024 * 1024;
constexpr size_t kMinPassword = 8;
constexpr size_t kMaxFile = 256 * 1024;

bool ready() {
  static const bool ok = sodium_init() >= 0;
  return ok;
}

ph::Error ioError(const std::string& what) {
  return {ph::Kind::Temporary, what + ": " + std::strerror(errno)};
}
}  // namespace

ph::Status setPassword(Credentials& c, std::string_view password, bool cram) {
  auto prepared = ph::sasl::prepareOpaqueString(password);
  if (!prepared) return prepared.error();
  if (prepared->size() < kMinPassword) return ph::Error{ph::Kind::Invalid, "a password needs at least 8 characters"};
  auto hash = hashPassword(*prepared);
  if (!hash) return hash.error();
  const auto verifier = [&](ph::sasl::ScramHash kind) {
    std::string salt(kScramSalt, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size()));
    return ph::sasl::deriveScram(kind, *prepared, std::move(salt), kScramIterations);
  };
  c.argon2id = std::move(*hash);
  c.scramSha256 = verifier(ph::sasl::ScramHash::Sha256);
  c.scramSha1 = verifier(ph::sasl::ScramHash::Sha1);
  c.cramMd5.reset();
  if (cram) c.cramMd5 = ph::sasl::deriveCram(*prepared);
  sodium_memzero(prepared->data(), prepared->size());
  return {};
}

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
  std::string text;
  char buffer[4096];
  ssize_t n = 0;
  while (text.size() < kMaxFile && (n = ::read(fd, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<size_t>(n));
  }
  const int error = errno;
  ::close(fd);
  if (n < 0) {
    errno = error;
    return ioError(path);
  }
  auto c = parseCredentials(text);
  sodium_memzero(text.data(), text.size());
  if (!c) return ph::Error{c.error().kind, path + ": " + c.error().text};
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
  const std::string text = credentialsText(c);
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

std::string appPasswordHash(std::string_view password) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(password.data()), password.size());
  std::string out(2 * sizeof hash + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), hash, sizeof hash);
  out.pop_back();
  return out;
}

bool fitsAppPassword(const Credentials& credentials, std::string_view password, std::string_view protocol,
                     int64_t now) {
  if (credentials.appPasswords.empty()) return false;
  const std::string hash = appPasswordHash(password);
  return std::any_of(credentials.appPasswords.begin(), credentials.appPasswords.end(), [&](const AppPassword& p) {
    return p.hash.size() == hash.size() && sodium_memcmp(p.hash.data(), hash.data(), hash.size()) == 0 &&
           (p.expires == 0 || p.expires > now) &&
           (p.protocols.empty() || std::find(p.protocols.begin(), p.protocols.end(), protocol) != p.protocols.end());
  });
}

}  // namespace posthouse::accounts
