// Key records, and tag lists in general: any text is a record or refused; what we write is read back.
#include <cstdint>
#include <cstdlib>

#include "dkim/public_key.hpp"
#include "dkim/record.hpp"
#include "dkim/signature.hpp"

using namespace ph_mailauth::dkim;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Signature partial;
  if (const auto s = parseSignature(text, &partial); s && (s->domain.empty() || s->signature.empty())) std::abort();
  const auto record = parseRecord(text);
  if (!record) return 0;
  if (record->revoked()) return 0;
  if (!looksLikeRecord(text)) std::abort();
  const auto again = parseRecord(formatRecord(record->type, record->key));
  if (!again || again->key != record->key || again->type != record->type) std::abort();
  const auto key = PublicKey::from(*record);
  if (key) (void)key->verify(key->type() == KeyType::Rsa ? Algorithm::RsaSha256 : Algorithm::Ed25519Sha256, "x", text);
  return 0;
}
