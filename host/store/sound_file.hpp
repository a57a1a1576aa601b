// Message files that prove themselves: metadata field and hash are right. Internal to the store.
#pragma once

#include "env/env.hpp"
#include "store/meta.hpp"

namespace posthouse::store {

// Of the whole content of the file of message `id`; nothing: it is damaged.
std::optional<ParsedMeta> soundMeta(std::string_view content, MessageId id);

struct SoundFile {
  std::string content;
  ParsedMeta parsed;
  std::string_view visible() const { return std::string_view(content).substr(parsed.length); }
};

// Permanent: it is damaged.
ph::Result<SoundFile> readSoundFile(env::Env& env, const std::string& path, MessageId id);

}  // namespace posthouse::store
