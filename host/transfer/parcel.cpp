#include "transfer/parcel.hpp"

#include <openssl/sha.h>

#include <algorithm>

namespace posthouse::transfer {

std::uint64_t Batch::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& p : parcels) sum += p.bytes.size();
  return sum;
}

std::string keyOf(const std::vector<std::string_view>& parts) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const auto part : parts) {
    const std::uint64_t size = part.size();
    SHA256_Update(&context, &size, sizeof size);
    SHA256_Update(&context, part.data(), part.size());
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256_Final(digest, &context);
  return {reinterpret_cast<const char*>(digest), 20};
}

std::string withCrlf(std::string text) {
  std::size_t lone = 0;
  for (std::size_t i = text.find('\n'); i != std::string::npos; i = text.find('\n', i + 1))
    if (i == 0 || text[i - 1] != '\r') ++lone;
  if (lone == 0) return text;
  std::string out;
  out.reserve(text.size() + lone);
  std::size_t from = 0;
  for (std::size_t i = text.find('\n'); i != std::string::npos; i = text.find('\n', i + 1)) {
    if (i != 0 && text[i - 1] == '\r') continue;
    out.append(text, from, i - from).append("\r\n");
    from = i + 1;
  }
  return out.append(text, from);
}

}  // namespace posthouse::transfer
