#include "plugin/library.hpp"

#include <dlfcn.h>
#include <sys/stat.h>

#include <filesystem>

#include "log/log.hpp"
#include "plugin/probe.hpp"

namespace posthouse::plugin {
namespace fs = std::filesystem;

namespace {

const log::Log kLog("plugin");

ph::Error invalid(const std::string& text) {
  return {ph::Kind::Invalid, text};
}

ph::Result<std::string> privateCopy(const std::string& file, const std::string& folder, const std::string& id) {
  const auto hash = fileSha256(file);
  if (!hash) return hash.error();
  std::error_code ec;
  fs::create_directories(folder, ec);
  ::chmod(folder.c_str(), 0700);
  const fs::path copy = fs::path(folder) / (id + "-" + hash->substr(0, 16) + ".so");
  if (const auto known = fileSha256(copy.string()); known && *known == *hash) return copy.string();
  const fs::path next = copy.string() + ".new";
  fs::copy_file(file, next, fs::copy_options::overwrite_existing, ec);
  if (!ec) fs::permissions(next, fs::perms::owner_read, ec);
  if (!ec) fs::rename(next, copy, ec);
  if (ec) return ph::Error{ph::Kind::Temporary, "private copy of " + file + ": " + ec.message()};
  return copy.string();
}

}  // namespace

ph::Result<const ph_descriptor*> loadLibrary(const std::string& file, const std::string& copyFolder,
                                             const Manifest& manifest, const std::string& program) {
  const auto copy = privateCopy(file, copyFolder, manifest.id);
  if (!copy) return copy.error();
  // Code that is loaded already has shown that it can be.
  void* known = ::dlopen(copy->c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  if (known) {
    ::dlclose(known);
  } else if (!program.empty()) {
    const auto s = probe(program, *copy);
    if (!s && s.error().kind == ph::Kind::Invalid) return s.error();
    if (!s) kLog.warn("plugin is loaded untried", {{"plugin", manifest.id}, {"reason", s.error().text}});
  }
  void* handle = ::dlopen(copy->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return invalid(::dlerror());
  using Entry = const ph_descriptor* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(handle, "ph_plugin_v1"));
  if (!entry) return invalid(file + " has no symbol ph_plugin_v1");
  const ph_descriptor* d = entry();
  constexpr uint32_t kNeeded = offsetof(ph_descriptor, create) + sizeof(d->create);
  if (!d || d->size < kNeeded || !d->id || !d->version || !d->manifest_sha256 || !d->create) {
    return invalid(file + ": malformed descriptor");
  }
  if (manifest.id != d->id || manifest.version != d->version || manifest.sha256 != d->manifest_sha256) {
    return invalid(file + " was not built with " + manifest.file);
  }
  return d;
}

}  // namespace posthouse::plugin
