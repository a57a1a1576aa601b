// The connection ids that clients see: one encrypted block each, so that a client can quote its id in a complaint, but
// learns neither how busy the server is nor another connection's id.
// Guarantees: only ids of this key are read back; an id and its public form are one to one. Threads: const use is free.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "env/env.hpp"

namespace posthouse::net {

class PublicIds {
 public:
  using Key = std::array<unsigned char, 16>;

  explicit PublicIds(const Key& key) : key_(key) {}
  // The key in `file`; a fresh random one is written there, durably, when there is none.
  static ph::Result<PublicIds> open(env::Env& env, const std::string& file);
  // For tools: the file must be there.
  static ph::Result<PublicIds> read(env::Env& env, const std::string& file);

  // 26 lower-case letters and digits.
  std::string encode(uint64_t id) const;
  // Nothing: not made with this key. Upper case is fine.
  std::optional<uint64_t> decode(std::string_view text) const;

 private:
  Key key_;
};

}  // namespace posthouse::net
