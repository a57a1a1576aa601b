#include "web/pages.hpp"

#include <openssl/sha.h>

#include <algorithm>

#include "ph/sasl/base64.hpp"
#include "web_files.hpp"

namespace posthouse::web {

std::string_view file(std::string_view name) {
  for (const auto& f : kWebFiles) {
    if (f.name == name) return f.content;
  }
  return {};
}

std::string page(std::string_view name, const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string out;
  std::string_view rest = file(name);
  for (;;) {
    const size_t open = rest.find("{{");
    const size_t end = open == rest.npos ? open : rest.find("}}", open);
    out += rest.substr(0, open);
    if (end == rest.npos) return out;
    const std::string_view key = rest.substr(open + 2, end - open - 2);
    if (key == "style") out += file("style.css");
    for (const auto& [wanted, value] : values) {
      if (key == wanted) out += value;
    }
    rest.remove_prefix(end + 2);
  }
}

const std::string& pagePolicy() {
  static const std::string policy = [] {
    const std::string_view style = file("style.css");
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(style.data()), style.size(), hash);
    return "default-src 'none'; style-src 'sha256-" +
           ph::sasl::encodeBase64({reinterpret_cast<const char*>(hash), sizeof hash}) +
           "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  }();
  return policy;
}

std::string escapedHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string localPath(std::string_view next) {
  const bool plain =
      std::all_of(next.begin(), next.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
  // "//host" and "/\host" are other servers to a browser.
  if (!plain || !next.starts_with("/") || next.starts_with("//") || next.find('\\') != next.npos) return "/";
  return std::string(next);
}

}  // namespace posthouse::web
