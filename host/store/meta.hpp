// The internal metadata header on top of every message file: enough to rebuild the index from the files.
// Guarantees: a valid header field (RFC 5322 2.2, folded, ASCII only); what formatMeta writes parseMeta reads back.
#pragma once

#include <optional>

#include "store/types.hpp"

namespace posthouse::store {

struct Meta {
  std::string account;
  MessageId id = 0;
  std::int64_t date = 0;
  std::int32_t zone = 0;
  std::string mailbox;
  std::string reversePath;
  std::uint64_t prefix = 0;  // bytes of header added above the original
  std::string hash;          // SHA-256 of the original bytes, 32 bytes
};

std::string formatMeta(const Meta& meta);

struct ParsedMeta {
  Meta meta;
  std::size_t length = 0;  // where the visible message begins
};

// `head` is the beginning of a file; nothing when it does not start with a complete metadata header.
std::optional<ParsedMeta> parseMeta(std::string_view head);

// A metadata header is never longer than this.
inline constexpr std::size_t kMaxMeta = 16384;

}  // namespace posthouse::store
