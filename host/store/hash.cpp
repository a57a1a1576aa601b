#include "store/hash.hpp"

#include <openssl/sha.h>

#include <cstring>

namespace posthouse::store {

std::string sha256(std::string_view data) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

std::int64_t hash64(std::string_view data) {
  std::int64_t hash;
  std::memcpy(&hash, sha256(data).data(), sizeof hash);
  return hash == 0 ? 1 : hash;
}

ph::Result<std::string> readWhole(env::Env& env, const std::string& path) {
  const auto file = env.open(path, env::Open::Read);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  std::string content(*size, '\0');
  const auto got = (*file)->read(0, content.data(), content.size());
  if (!got) return got.error();
  if (*got != content.size()) return ph::Error{ph::Kind::Temporary, path + " is cut short"};
  return content;
}

}  // namespace posthouse::store
