#include "store/message_file.hpp"

#include "store/packed.hpp"

namespace posthouse::store {

ph::Result<MessageFile> openMessageFile(env::Env& env, const std::string& path, std::uint64_t offset,
                                        std::uint64_t size) {
  auto file = env.open(path, env::Open::Read);
  if (!file) return file.error();
  if (offset + size > kMaxPacked) return MessageFile(std::move(*file), offset, size);
  std::string content(offset + size, '\0');
  const auto got = (*file)->read(0, content.data(), content.size());
  if (!got) return got.error();
  content.resize(*got);
  auto whole = unpack(std::move(content));
  if (!whole) return ph::Error{whole.error().kind, path + ": " + whole.error().text};
  return MessageFile(std::move(*whole), offset, size);
}

}  // namespace posthouse::store
