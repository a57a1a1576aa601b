// ph-validate: does a built plugin keep the contract, as far as a fake host can tell? Exit code 0: yes, 1: no, 2:
// usage.
#include <dlfcn.h>
#include <openssl/evp.h>
#include <ph/entry.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "validate/life.hpp"
#include "validate/symbols.hpp"

namespace {

using ph::validate::Subject;

int problems = 0;

void problem(const std::string& text) {
  std::printf("FAILED  %s\n", text.c_str());
  ++problems;
}

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return in ? out.str() : std::string();
}

std::string sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", digest[i]);
    out += hex;
  }
  return out;
}

void checkSymbols(const std::string& file) {
  const auto symbols = ph::validate::exportedSymbols(read(file));
  if (!symbols) return problem(symbols.error().text);
  for (const auto& s : *symbols) {
    if (s != "ph_plugin_v1") problem("exports " + s + ": only ph_plugin_v1 may be seen (link with plugin.map)");
  }
}

void checkManifest(const ph::validate::Json& m) {
  for (const char* key : {"id", "version", "sdk", "title", "summary", "license"}) {
    if (m.text(key).empty()) problem(std::string("the manifest has no \"") + key + "\"");
  }
}

// The plugin's own word on who it is.
bool checkDescriptor(const std::string& file, const ph::validate::Json& manifest, const std::string& manifestText) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return problem(std::string("can't be loaded: ") + ::dlerror()), false;
  using Entry = const ph_descriptor* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(library, "ph_plugin_v1"));
  if (!entry) return problem("has no symbol ph_plugin_v1"), false;
  const ph_descriptor* d = entry();
  if (!d || d->size < offsetof(ph_descriptor, create) + sizeof(d->create) || !d->id || !d->version ||
      !d->manifest_sha256 || !d->create) {
    return problem("malformed descriptor"), false;
  }
  if (entry() != d) problem("ph_plugin_v1 answers differently when it is asked again");
  if (d->abi_minor > PH_ABI_MINOR) problem("was built with a newer contract than this ph-validate");
  if (manifest.text("id") != d->id) problem("its id differs from the manifest's");
  if (manifest.text("version") != d->version) problem("its version differs from the manifest's");
  if (sha256(manifestText) != d->manifest_sha256) problem("was not built with the manifest beside it");
  return true;
}

int usage() {
  std::fputs("usage: ph-validate [--cycles N] [--set OPTION=VALUE]... PLUGIN.so\n", stderr);
  return 2;
}

// The C library keeps what was freed in caches of each thread and counts it as in use: they fill slowly, like a leak.
void withoutCaches(char** argv) {
  constexpr const char* kName = "GLIBC_TUNABLES";
  if (std::getenv(kName) || setenv(kName, "glibc.malloc.tcache_count=0", 1) != 0) return;
  execv("/proc/self/exe", argv);  // only a new program reads it; when that fails this one goes on
}

}  // namespace

int main(int argc, char** argv) {
  withoutCaches(argv);
  Subject subject;
  int cycles = 100;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--cycles" && i + 1 < argc) {
      const char* end = argv[i + 1] + std::strlen(argv[i + 1]);
      if (std::from_chars(argv[i + 1], end, cycles).ptr != end || cycles < 1) return usage();
      ++i;
    } else if (argument == "--set" && i + 1 < argc && std::strchr(argv[i + 1], '=')) {
      const std::string pair = argv[++i];
      subject.settings.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    } else if (!argument.starts_with("-") && subject.file.empty()) {
      subject.file = argument;
    } else {
      return usage();
    }
  }
  if (!subject.file.ends_with(".so")) return usage();
  if (subject.file.find('/') == std::string::npos) subject.file = "./" + subject.file;  // dlopen would search

  const std::string manifestFile = subject.file.substr(0, subject.file.size() - 3) + ".json";
  const std::string text = read(manifestFile);
  auto manifest = ph::validate::parseJson(text);
  if (!manifest) {
    problem(manifestFile + ": " + (text.empty() ? "can't be read" : manifest.error().text));
    return 1;
  }
  subject.manifest = std::move(*manifest);
  checkManifest(subject.manifest);
  checkSymbols(subject.file);
  if (checkDescriptor(subject.file, subject.manifest, text)) ph::validate::liveAndDie(subject, cycles, &problem);
  if (problems) return 1;
  std::printf("%s %s keeps the contract, %d lives\n", subject.manifest.text("id").c_str(),
              subject.manifest.text("version").c_str(), cycles);
  return 0;
}
