// Files in memory that are served as they are, each with its entity tag and its coded forms.
// Guarantees: a request reaches what was added and nothing else; answering copies no content.
// Threads: add() before it is shared; handle() many at once. RFC 9110 8.8.3, RFC 8246 (immutable).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "http/handler.hpp"
#include "ph/result.hpp"

namespace posthouse::http {

class Assets : public Handler {
 public:
  static constexpr size_t kMaxFiles = 5000;
  static constexpr size_t kMaxBytes = 64 * 1024 * 1024;

  struct Rules {
    std::string prefix;
    std::string index;
    std::string fallback;
    std::string policy;  // empty: kPolicy
    uint32_t maxAgeSeconds = 0;
    bool shared = true;  // caches between may keep it
  };
  static constexpr std::string_view kPolicy =
      "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'";

  explicit Assets(Rules rules) : rules_(std::move(rules)) {}

  // Replaces one of that path. `type` empty: by its ending. Limit, Invalid.
  ph::Status add(std::string_view path, std::string content, std::string_view type = {});
  // A folder with all below it. NotFound, Limit, Temporary.
  ph::Status addFolder(const std::string& folder);
  // Makes the coded forms that are worth it and were not among the files. Once, after the last file.
  void finish();

  ph::Status handle(Exchange& exchange) override;

 private:
  using Content = std::shared_ptr<const std::string>;
  struct File {
    std::string type;
    std::string tag;  // without quotes
    bool forever = false;
    Content plain, gzip, brotli;
  };
  const File* find(std::string_view path) const;

  const Rules rules_;
  std::map<std::string, File, std::less<>> files_;
  size_t bytes_ = 0;
};

// By the ending of a file's name; "application/octet-stream" for what is not known.
std::string_view mediaTypeOf(std::string_view name);

}  // namespace posthouse::http
