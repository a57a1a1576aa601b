// Message files that take less room: one Zstandard frame around what the file would hold.
// Guarantees: packed only where that saves blocks of the file system, so that small files stay plain; a plain file is
// never taken for a packed one (its first octet is a letter); `zstd -dc FILE` shows what is in it. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "env/env.hpp"

namespace posthouse::store {

// What is larger stays plain: it is read in pieces.
inline constexpr std::size_t kMaxPacked = 64 * 1024;

bool isPacked(std::string_view content);

// `content`, or a frame that holds it.
std::string pack(std::string content);

// The other way. Permanent: it is damaged.
ph::Result<std::string> unpack(std::string content);

// What can be had of a damaged one.
std::string salvage(std::string_view content);

// The whole content of a message file, however it lies there. Temporary: the file is shorter than it says; Permanent:
// it is damaged.
ph::Result<std::string> readContent(env::Env& env, const std::string& path);

// Whether the content has this size, as far as can be told without reading large files.
ph::Result<bool> holds(env::Env& env, const std::string& path, std::uint64_t size);

}  // namespace posthouse::store
