#include "store/message_file.hpp"

#include "store/packed.hpp"

namespace posthouse::store {

ph::Result<MessageFile> messageFile(std::unique_ptr<env::File> file, std::uint64_t offset, std::uint64_t size) {
  if (offset + size > kMaxPacked) return MessageFile(std::move(file), offset, size);
  std::string room(offset + size, '\0');
  const auto first = file->readSome(0, room.data(), room.size());
  if (!first) return first.error();
  // A packed file is shorter than what is in it: the one call that reads all of it needs no second one to be sure.
  if (isPacked({room.data(), *first})) {
    if (auto whole = unpack(room.substr(0, *first))) return MessageFile(std::move(*whole), offset, size);
  }
  const auto rest = file->read(*first, room.data() + *first, room.size() - *first);
  if (!rest) return rest.error();
  room.resize(*first + *rest);
  auto whole = unpack(std::move(room));
  if (!whole) return whole.error();
  return MessageFile(std::move(*whole), offset, size);
}

}  // namespace posthouse::store
