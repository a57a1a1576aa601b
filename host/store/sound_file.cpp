#include "store/sound_file.hpp"

#include "store/hash.hpp"
#include "store/packed.hpp"

namespace posthouse::store {

std::optional<ParsedMeta> soundMeta(std::string_view content, MessageId id) {
  auto parsed = parseMeta(content);
  if (!parsed || parsed->meta.id != id) return {};
  const auto visible = content.substr(parsed->length);
  if (parsed->meta.prefix > visible.size() || sha256(visible.substr(parsed->meta.prefix)) != parsed->meta.hash)
    return {};
  return parsed;
}

ph::Result<SoundFile> readSoundFile(env::Env& env, const std::string& path, MessageId id) {
  auto content = readContent(env, path);
  if (!content) return content.error();
  auto parsed = soundMeta(*content, id);
  if (!parsed) return ph::Error{ph::Kind::Permanent, path + ": metadata or hash is wrong"};
  return SoundFile{std::move(*content), std::move(*parsed)};
}

}  // namespace posthouse::store
