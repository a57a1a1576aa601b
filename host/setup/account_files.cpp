#include "setup/account_files.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "accounts/credentials.hpp"
#include "accounts/directory.hpp"
#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"

namespace posthouse::setup {
namespace fs = std::filesystem;
namespace {

ph::Error ioError(const std::string& path) {
  return {ph::Kind::Temporary, path + ": " + std::strerror(errno)};
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

ph::Status writeNewFile(const std::string& path, const std::string& text) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return ph::Error{ph::Kind::Temporary, folder.string() + ": " + ec.message()};
  const std::string next = path + ".new";
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return ioError(next);
  const bool ok = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!ok) return ioError(next);
  const int linked = ::link(next.c_str(), path.c_str());
  const int error = errno;
  ::unlink(next.c_str());
  if (linked != 0) {
    errno = error;
    if (error == EEXIST) return ph::Error{ph::Kind::Conflict, path + " exists already"};
    return ioError(path);
  }
  const int dir = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir >= 0) {
    ::fsync(dir);
    ::close(dir);
  }
  return {};
}

ph::Status addDomain(const config::ServerConfig& config, const std::string& domain) {
  const auto name = ph::address::normaliseDomain(domain);
  if (!name) return ph::Error{ph::Kind::Invalid, "'" + domain + "' is not a domain: " + name.error().text};
  if (config.domains.contains(*name))
    return ph::Error{ph::Kind::Conflict, "the domain " + *name + " is configured already"};
  return writeNewFile(config.folder + "/domains/" + *name + ".toml", "description = \"\"\n");
}

ph::Status addAccount(const config::ServerConfig& config, const std::string& name, const std::string& address,
                      const std::string& password) {
  if (!config::validAccountName(name)) {
    return ph::Error{ph::Kind::Invalid,
                     "'" + name + "' can't be an account name: use a-z, 0-9, '.', '-' and '_', at most 64"};
  }
  if (config.accounts.contains(name)) return ph::Error{ph::Kind::Conflict, "the account " + name + " exists already"};
  config::ServerConfig next = config;
  auto& account = next.accounts[name];
  account.name = name;
  account.addresses = {address};
  account.at = {"accounts/" + name + ".toml", 1, 1};
  if (const auto directory = accounts::Directory::build(next); !directory) return directory.error();
  if (auto s = setPassword(next, name, password); !s) return s;
  return writeNewFile(config.folder + "/accounts/" + name + ".toml", "addresses = [" + quoted(address) + "]\n");
}

ph::Status setPassword(const config::ServerConfig& config, const std::string& name, const std::string& password) {
  if (!config.accounts.contains(name)) return ph::Error{ph::Kind::NotFound, "there is no account " + name};
  const std::string file = accounts::credentialsFile(config.dataDir, name);
  auto credentials = accounts::readCredentials(file);
  if (!credentials) return credentials.error();
  if (auto s = accounts::setPassword(*credentials, password, config.accounts.at(name).cramMd5); !s) return s;
  return accounts::writeCredentials(file, *credentials);
}

std::string randomPassword() {
  static constexpr char kAlphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string out;
  if (sodium_init() < 0) return out;
  for (int i = 0; i < 12; ++i) out += kAlphabet[randombytes_uniform(sizeof kAlphabet - 1)];
  return out;
}

}  // namespace posthouse::setup
