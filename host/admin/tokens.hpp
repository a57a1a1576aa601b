// Bearer tokens: whom the listeners for administration let in. data/admin/tokens.json has their hashes, never
// themselves. Guarantees: a token is 256 random bits; what is revoked or expired is refused from then on. Threads: any.
// RFC 6750 2.1.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "admin/principal.hpp"
#include "json/value.hpp"
#include "ph/result.hpp"

namespace posthouse::admin {

class Tokens {
 public:
  struct Token {
    std::string name;
    std::string hash;  // SHA-256, lower-case hex
    Principal rights;  // role, account, domains, operations
    int64_t created = 0;
    int64_t expires = 0;  // Unix seconds; 0: never
  };

  explicit Tokens(std::string file) : file_(std::move(file)) {}
  ph::Status load();
  // The token itself, told once. Conflict: the name is taken.
  ph::Result<std::string> create(Token token, int64_t now);
  ph::Status revoke(const std::string& name);  // NotFound
  std::map<std::string, Token> all() const;    // by name
  // `field`: the value of Authorization. Denied.
  ph::Result<Principal> principal(std::string_view field, int64_t now) const;

 private:
  ph::Status save(const std::map<std::string, Token>& tokens) const;
  const std::string file_;
  mutable std::mutex mutex_;
  std::map<std::string, Token> tokens_;
};

}  // namespace posthouse::admin
