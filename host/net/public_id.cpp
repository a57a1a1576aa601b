#include "net/public_id.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

namespace posthouse::net {

namespace {

using Block = std::array<unsigned char, 16>;

constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";  // none that people mix up
constexpr std::string_view kHex = "0123456789abcdef";
constexpr size_t kTextSize = 26;  // 128 bits in fives

// A single block of a block cipher is a permutation: no mode is needed for ids that never repeat.
bool crypt(const PublicIds::Key& key, const Block& in, Block& out, bool encrypt) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> c(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int n = 0;
  return c && EVP_CipherInit_ex(c.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr, encrypt ? 1 : 0) == 1 &&
         EVP_CIPHER_CTX_set_padding(c.get(), 0) == 1 &&
         EVP_CipherUpdate(c.get(), out.data(), &n, in.data(), static_cast<int>(in.size())) == 1 &&
         n == static_cast<int>(out.size());
}

std::string toText(const Block& block) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const unsigned char b : block) {
    bits = (bits << 8) | b;
    for (count += 8; count >= 5; count -= 5) out += kDigits[(bits >> (count - 5)) & 31];
  }
  return out + kDigits[(bits << (5 - count)) & 31];
}

std::optional<Block> fromText(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  Block out{};
  size_t n = 0;
  unsigned bits = 0;
  int count = 0;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 5) | static_cast<unsigned>(digit);
    count += 5;
    if (count >= 8) {
      count -= 8;
      out[n++] = static_cast<unsigned char>(bits >> count);
    }
  }
  if ((bits & 3) != 0) return std::nullopt;  // what is left over: one id has one text
  return out;
}

std::string toHex(const PublicIds::Key& key) {
  std::string out;
  for (const unsigned char b : key) {
    out += kHex[b >> 4];
    out += kHex[b & 15];
  }
  return out + "\n";
}

}  // namespace

ph::Result<PublicIds> PublicIds::read(env::Env& env, const std::string& file) {
  const auto f = env.open(file, env::Open::Read);
  if (!f) return f.error();
  std::array<char, 64> text{};
  const auto n = (*f)->read(0, text.data(), text.size());
  if (!n) return n.error();
  Key key{};
  if (*n != 2 * key.size() + 1 || text[*n - 1] != '\n') return ph::Error{ph::Kind::Invalid, file + ": not a key"};
  for (size_t i = 0; i < key.size(); ++i) {
    const size_t high = kHex.find(text[2 * i]);
    const size_t low = kHex.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return ph::Error{ph::Kind::Invalid, file + ": not a key"};
    }
    key[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return PublicIds(key);
}

ph::Result<PublicIds> PublicIds::open(env::Env& env, const std::string& file) {
  auto known = read(env, file);
  if (known || known.error().kind != ph::Kind::NotFound) return known;
  Key key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
    return ph::Error{ph::Kind::Temporary, "no random bytes"};
  }
  // Under another name first: a half-written key would refuse every later start.
  const std::string fresh = file + ".new";
  const auto f = env.open(fresh, env::Open::Create);
  if (!f) return f.error();
  ph::Status s = (*f)->truncate(0);
  if (s) s = (*f)->write(0, toHex(key));
  if (s) s = (*f)->sync();
  if (s) s = env.rename(fresh, file);
  if (s) s = env.syncFolder(env::folderOf(file));
  if (!s) return s.error();
  return PublicIds(key);
}

std::string PublicIds::encode(uint64_t id) const {
  Block plain{};
  for (size_t i = 0; i < 8; ++i) plain[i] = static_cast<unsigned char>(id >> (56 - 8 * i));
  Block out{};
  return crypt(key_, plain, out, true) ? toText(out) : std::string();
}

std::optional<uint64_t> PublicIds::decode(std::string_view text) const {
  const auto block = fromText(text);
  Block plain{};
  if (!block || !crypt(key_, *block, plain, false)) return std::nullopt;
  // The second half is nothing but zeros: that is how a foreign or damaged id shows.
  if (std::any_of(plain.begin() + 8, plain.end(), [](unsigned char b) { return b != 0; })) return std::nullopt;
  uint64_t id = 0;
  for (size_t i = 0; i < 8; ++i) id = (id << 8) | plain[i];
  return id;
}

}  // namespace posthouse::net
