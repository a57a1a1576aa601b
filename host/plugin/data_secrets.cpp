// The secrets of plugins, see PluginData.
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>

#include "ph/text/ascii.hpp"
#include "plugin/data.hpp"

namespace posthouse::plugin {
namespace {

constexpr size_t kMaxName = 64;

bool isName(std::string_view name) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || ph::text::isDigit(c); };
  return !name.empty() && name.size() <= kMaxName && alphanumeric(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

ph::Result<std::string> PluginData::secretFile(const std::string& plugin, std::string_view name, bool make) {
  if (!isName(name)) return ph::Error{ph::Kind::Invalid, "not a name of a secret"};
  const auto folder = folderOf(plugin, make);
  if (!folder) return folder.error();
  const std::string secrets = *folder + "/secrets";
  if (make) {
    std::lock_guard lock(secretsMutex_);
    if (auto s = env::ensureFolder(env_, secrets); !s) return s.error();
  }
  return secrets + "/" + std::string(name);
}

ph::Result<std::string> PluginData::readSecret(const std::string& file) {
  const auto f = env_.open(file, env::Open::Read);
  if (!f) return f.error();
  std::string value(kMaxSecret + 1, '\0');
  const auto n = (*f)->read(0, value.data(), value.size());
  if (!n) return n.error();
  if (*n > kMaxSecret) return ph::Error{ph::Kind::Permanent, "a secret is too long"};
  std::string out(value, 0, *n);
  OPENSSL_cleanse(value.data(), value.size());
  return out;
}

// Whole or not at all: written beside it, then renamed over it.
ph::Status PluginData::writeSecret(const std::string& file, std::string_view value) {
  if (value.size() > kMaxSecret) return ph::Error{ph::Kind::Limit, "a secret is too long"};
  const std::string folder = env::folderOf(file);
  const std::string fresh = folder + "/.new";
  std::lock_guard lock(secretsMutex_);
  (void)env_.unlink(fresh);  // what a crash has left
  auto f = env_.open(fresh, env::Open::CreateNew);
  if (!f) return f.error();
  ph::Status s = (*f)->write(0, value);
  if (s) s = (*f)->sync();
  f->reset();
  if (s) s = env_.rename(fresh, file);
  if (!s) {
    (void)env_.unlink(fresh);
    return s;
  }
  return env_.syncFolder(folder);
}

ph::Result<std::string> PluginData::secret(const std::string& plugin, std::string_view name) {
  const auto file = secretFile(plugin, name, false);
  return file ? readSecret(*file) : ph::Result<std::string>(file.error());
}

ph::Status PluginData::setSecret(const std::string& plugin, std::string_view name, std::string_view value) {
  const auto file = secretFile(plugin, name, true);
  return file ? writeSecret(*file, value) : ph::Status(file.error());
}

ph::Result<std::string> PluginData::obtainSecret(const std::string& plugin, std::string_view name, size_t size) {
  if (size < 16 || size > 1024) return ph::Error{ph::Kind::Invalid, "16 to 1024 bytes"};
  std::lock_guard one(openMutex_);  // of many that make it the first one does
  auto found = secret(plugin, name);
  if (found || found.error().kind != ph::Kind::NotFound) return found;
  std::string made(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(made.data()), static_cast<int>(size)) != 1)
    return ph::Error{ph::Kind::Temporary, "no random bytes"};
  if (auto s = setSecret(plugin, name, made); !s) return s.error();
  return made;
}

ph::Status PluginData::removeSecret(const std::string& plugin, std::string_view name) {
  const auto file = secretFile(plugin, name, false);
  if (!file) return file.error();
  if (auto s = env_.unlink(*file); !s) return s;
  return env_.syncFolder(env::folderOf(*file));
}

ph::Result<std::vector<std::string>> PluginData::secrets(const std::string& plugin) {
  const auto folder = folderOf(plugin, false);
  if (!folder) return folder.error();
  auto names = env_.list(*folder + "/secrets");
  if (!names) {
    if (names.error().kind == ph::Kind::NotFound) return std::vector<std::string>();
    return names.error();
  }
  std::erase_if(*names, [](const std::string& n) { return !isName(n); });
  std::sort(names->begin(), names->end());
  return names;
}

}  // namespace posthouse::plugin
