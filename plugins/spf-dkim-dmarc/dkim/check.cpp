#include "dkim/check.hpp"

#include <algorithm>

namespace ph_mailauth::dkim {
namespace {

using Outcome = ph::DnsAnswer::Outcome;

Finding finding(DkimStatus status, std::string reason) {
  Finding f;
  f.status = status;
  f.reason = std::move(reason);
  return f;
}

// The one text of the answer that is a key record, or the first: what is wrong with it is to be told. Two different
// ones are a mistake that nobody can decide (RFC 6376 3.6.2.2).
const std::string* recordText(const ph::DnsAnswer& answer, bool* several) {
  if (answer.records.size() == 1) return &answer.records.front().value;
  const std::string* found = nullptr;
  for (const auto& r : answer.records) {
    if (!looksLikeRecord(r.value)) continue;
    if (found && *found != r.value) *several = true;
    if (!found) found = &r.value;
  }
  return found ? found : &answer.records.front().value;
}

Finding judgeKey(const Signature& signature, const ParsedKey& parsed) {
  const Record& record = parsed.record;
  if (!parsed.error.empty()) return finding(DkimStatus::PermError, "bad key record: " + parsed.error);
  if (record.revoked()) return finding(DkimStatus::PermError, "the key was revoked");
  if (record.type != keyTypeOf(signature.algorithm))
    return finding(DkimStatus::PermError, "the key is for another algorithm");
  if (!record.allows(hashOf(signature.algorithm)))
    return finding(DkimStatus::PermError, "the key is not for this hash");
  if (!record.email) return finding(DkimStatus::PermError, "the key is not for mail");
  if (record.strict && signature.identityDomain != signature.domain)
    return finding(DkimStatus::PermError, "the key is for d= alone, and i= is below");
  if (record.type == KeyType::Rsa) {
    const int bits = parsed.key.bits();
    if (bits < kMinRsaBits) return finding(DkimStatus::Policy, "the key is too short");  // RFC 8301 3.2
    if (bits > kMaxRsaBits) return finding(DkimStatus::Policy, "the key is too long");
  }
  return {};
}

}  // namespace

Finding checkKey(const Signature& signature, const ph::DnsAnswer& answer, KeyCache& cache,
                 std::shared_ptr<const ParsedKey>* key) {
  if (answer.outcome == Outcome::Temporary) {
    return finding(DkimStatus::TempError, answer.text.empty() ? "the key can't be looked up now" : answer.text);
  }
  if (!answer.found()) return finding(DkimStatus::PermError, "no key is published");
  bool several = false;
  const std::string* text = recordText(answer, &several);
  if (several) return finding(DkimStatus::PermError, "several keys are published");
  auto parsed = cache.find(*text);
  Finding f = judgeKey(signature, *parsed);
  f.keyBits = parsed->key.bits() > 0 ? static_cast<unsigned>(parsed->key.bits()) : 0;
  f.testing = parsed->record.testing;
  f.secure = answer.security == ph::DnsAnswer::Security::Secure;
  if (f.status == DkimStatus::Pass) *key = std::move(parsed);
  return f;
}

Finding checkBodyHash(const Signature& signature, const std::string& digest, uint64_t bodyLength) {
  // RFC 6376 3.5: l= must not be larger than the body.
  if (signature.length && *signature.length > bodyLength)
    return finding(DkimStatus::Fail, "the body is shorter than what was signed");
  if (signature.bodyHash != digest) return finding(DkimStatus::Fail, "the body has changed");
  return {};
}

Finding checkHeader(const Signature& signature, const ParsedKey& key, std::string_view data) {
  if (!key.key.verify(signature.algorithm, data, signature.signature))
    return finding(DkimStatus::Fail, "the header has changed, or the key is another one");
  return {};
}

}  // namespace ph_mailauth::dkim
