#include "http/assets.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "http/coding.hpp"
#include "http/parser/target.hpp"

namespace posthouse::http {
namespace {

namespace fs = std::filesystem;

constexpr size_t kWorthIt = 1024;
constexpr size_t kHashDigits = 8;

std::string tagOf(std::string_view content) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest);
  std::string out;
  for (size_t i = 0; i < 12; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out;
}

// "app.3f9a2c1b.js", "app-3f9a2c1b.js": another content has another name.
bool namedByHash(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  while (!name.empty()) {
    const size_t end = std::min(name.find_first_of(".-"), name.size());
    const std::string_view part = name.substr(0, end);
    const bool hex =
        std::all_of(part.begin(), part.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (hex && part.size() >= kHashDigits) return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string_view mediaTypeOf(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".gif", "image/gif"},
      {".webp", "image/webp"},
      {".avif", "image/avif"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".ttf", "font/ttf"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
      {".xml", "application/xml"},
      {".pdf", "application/pdf"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (endsWith(name, ending)) return type;
  }
  return "application/octet-stream";
}

ph::Status Assets::add(std::string_view path, std::string content, std::string_view type) {
  // What is not written as paths are compared could never be asked for.
  const std::string whole = rules_.prefix + std::string(path);
  if (path.empty() || path.front() == '/' || path.back() == '/' || decodePath(whole) != whole)
    return ph::Error{ph::Kind::Invalid, "'" + std::string(path) + "' is not a path"};
  File f;
  f.type = type.empty() ? mediaTypeOf(path) : type;
  f.tag = tagOf(content);
  f.forever = namedByHash(path);
  bytes_ += content.size();
  f.plain = std::make_shared<const std::string>(std::move(content));
  files_.insert_or_assign(std::string(path), std::move(f));
  if (bytes_ > kMaxBytes || files_.size() > kMaxFiles)
    return ph::Error{ph::Kind::Limit, "too many assets below " + rules_.prefix};
  return {};
}

ph::Status Assets::addFolder(const std::string& folder) {
  std::error_code ec;
  const auto options = fs::directory_options::skip_permission_denied;  // links are not followed
  auto i = fs::recursive_directory_iterator(folder, options, ec);
  if (ec) return ph::Error{ph::Kind::NotFound, folder + ": " + ec.message()};
  for (; i != fs::recursive_directory_iterator(); i.increment(ec)) {
    if (ec) return ph::Error{ph::Kind::Temporary, folder + ": " + ec.message()};
    if (i->path().filename().string().front() == '.') {
      i.disable_recursion_pending();
      continue;
    }
    if (i->is_symlink() || !i->is_regular_file()) continue;
    if (i->file_size() > kMaxBytes) return ph::Error{ph::Kind::Limit, i->path().string() + " is too large"};
    std::ifstream in(i->path(), std::ios::binary);
    std::ostringstream text;
    if (i->file_size() > 0) text << in.rdbuf();
    if (!in) return ph::Error{ph::Kind::Temporary, i->path().string() + " can't be read"};
    if (auto s = add(fs::relative(i->path(), folder).generic_string(), std::move(text).str()); !s) return s;
  }
  return {};
}

void Assets::finish() {
  for (auto i = files_.begin(); i != files_.end();) {
    const std::string& path = i->first;
    const bool br = endsWith(path, ".br"), gz = endsWith(path, ".gz");
    const auto base = br || gz ? files_.find(std::string_view(path).substr(0, path.size() - 3)) : files_.end();
    if (base == files_.end()) {
      ++i;
      continue;
    }
    (br ? base->second.brotli : base->second.gzip) = i->second.plain;
    i = files_.erase(i);
  }
  for (auto& [path, f] : files_) {
    if (f.plain->size() < kWorthIt || !compressible(f.type)) continue;
    for (auto [form, coding] : {std::pair(&f.brotli, Coding::Brotli), std::pair(&f.gzip, Coding::Gzip)}) {
      if (*form) continue;
      auto smaller = std::make_shared<const std::string>(compressed(coding, *f.plain));
      if (!smaller->empty() && smaller->size() < f.plain->size()) *form = std::move(smaller);
    }
  }
}

const Assets::File* Assets::find(std::string_view path) const {
  const auto get = [&](std::string_view p) -> const File* {
    const auto i = files_.find(p);
    return i == files_.end() ? nullptr : &i->second;
  };
  if (const File* f = get(path)) return f;
  if ((path.empty() || path.back() == '/') && !rules_.index.empty()) {
    if (const File* f = get(std::string(path) + rules_.index)) return f;
  }
  return rules_.fallback.empty() ? nullptr : get(rules_.fallback);
}

ph::Status Assets::handle(Exchange& x) {
  const RequestHead& head = x.request().head;
  const File* f = find(std::string_view(head.target.path).substr(rules_.prefix.size()));
  if (!f) return ph::Error{ph::Kind::NotFound, ""};
  // Parts can be asked for of the plain form only.
  const bool coded = (f->gzip || f->brotli) && head.fields.count("range") == 0;
  const Coding c = coded ? negotiate(head.fields, f->gzip != nullptr, f->brotli != nullptr).value_or(Coding::Identity)
                         : Coding::Identity;
  const std::string scope = rules_.shared ? "public" : "private";
  const std::string cache = f->forever                 ? scope + ", max-age=31536000, immutable"
                            : rules_.maxAgeSeconds > 0 ? scope + ", max-age=" + std::to_string(rules_.maxAgeSeconds)
                                                       : scope + ", no-cache";
  // RFC 9110 8.8.3.3: each form has a tag of its own.
  const std::string tag = "\"" + f->tag + (c == Coding::Identity ? "" : "-" + std::string(codingName(c))) + "\"";
  (void)x.setField("content-type", f->type);
  (void)x.setField("etag", tag);
  (void)x.setField("cache-control", cache);
  (void)x.setField("content-security-policy", rules_.policy.empty() ? kPolicy : rules_.policy);
  if (f->gzip || f->brotli) (void)x.setField("vary", "accept-encoding");
  if (c != Coding::Identity) (void)x.setField("content-encoding", codingName(c));
  return x.setContent(c == Coding::Brotli ? f->brotli : c == Coding::Gzip ? f->gzip : f->plain);
}

}  // namespace posthouse::http
