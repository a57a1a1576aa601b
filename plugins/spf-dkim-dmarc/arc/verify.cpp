#include "arc/verify.hpp"

#include <utility>

namespace ph_mailauth::arc {

using dkim::Canon;
using dkim::Finding;

namespace {

// Each may hash the whole body once more.
constexpr size_t kMaxSignatures = 8;

}  // namespace

std::string sealedData(const dkim::HeaderFields& fields, const std::vector<Set>& sets, size_t last) {
  std::string data;
  for (size_t i = 0; i <= last; ++i) {
    dkim::appendCanonical(Canon::Relaxed, fields.raw(*sets[i].results), data);
    dkim::appendCanonical(Canon::Relaxed, fields.raw(*sets[i].signature), data);
    if (i < last) {
      dkim::appendCanonical(Canon::Relaxed, fields.raw(*sets[i].seal), data);
    } else {
      dkim::appendUnsigned(Canon::Relaxed, fields.raw(*sets[i].seal), data);
    }
  }
  return data;
}

Verification::Verification(dkim::Examination& message, dkim::KeyQuestions& keys, dkim::KeyCache& cache)
    : message_(message), keys_(keys), cache_(cache), chain_(readChain(message.fields())) {
  if (chain_.status() != ChainValue::Pass) return;
  const size_t n = chain_.sets.size();
  first_ = n > kMaxSignatures ? n - kMaxSignatures : 0;
  for (size_t i = 0; i < n; ++i) {
    Asked asked{0, keys.ask(chain_.sets[i].sealTags.keyName()), 0};
    if (i >= first_) {
      const auto& s = chain_.sets[i].signatureTags;
      asked.signatureKey = keys.ask(s.keyName());
      asked.bodyHash = message.body().want(s.bodyCanon, hashOf(s.algorithm), s.length);
    }
    asked_.push_back(asked);
  }
}

// Empty: it holds.
std::string Verification::checkSignature(const Set& set, size_t question, size_t bodyHash) {
  const auto& s = set.signatureTags;
  std::shared_ptr<const dkim::ParsedKey> key;
  Finding f = dkim::checkKey(s, keys_.answer(question), cache_, &key);
  if (f.status != DkimStatus::Pass) return f.reason;
  f = dkim::checkBodyHash(s, message_.body().digest(bodyHash), message_.body().length(s.bodyCanon));
  if (f.status != DkimStatus::Pass) return f.reason;
  std::string data;
  message_.fields().append(s.headerCanon, s.headers, data);
  dkim::appendUnsigned(s.headerCanon, message_.fields().raw(*set.signature), data);
  f = dkim::checkHeader(s, *key, data);
  return f.status == DkimStatus::Pass ? std::string() : f.reason;
}

std::string Verification::checkSeal(size_t last) {
  const auto& s = chain_.sets[last].sealTags;
  std::shared_ptr<const dkim::ParsedKey> key;
  Finding f = dkim::checkKey(s, keys_.answer(asked_[last].sealKey), cache_, &key);
  if (f.status == DkimStatus::Pass) f = dkim::checkHeader(s, *key, sealedData(message_.fields(), chain_.sets, last));
  return f.status == DkimStatus::Pass ? std::string() : f.reason;
}

Result Verification::finish() {
  Result out;
  out.status = chain_.status();
  out.reason = chain_.problem;
  if (out.status != ChainValue::Pass) return out;
  const size_t n = chain_.sets.size();
  for (size_t i = n; i-- > 0;) out.sealers.push_back(chain_.sets[i].sealTags.domain);
  const auto fail = [&](const char* what, size_t i, const std::string& why) {
    out.status = ChainValue::Fail;
    out.reason = std::string(what) + " " + std::to_string(i + 1) + ": " + why;
    return out;
  };
  const auto signatureProblem = [&](size_t i) {
    return checkSignature(chain_.sets[i], asked_[i].signatureKey, asked_[i].bodyHash);
  };
  if (auto why = signatureProblem(n - 1); !why.empty()) return fail("message signature", n - 1, why);
  for (size_t i = n; i-- > 0;) {
    if (auto why = checkSeal(i); !why.empty()) return fail("seal", i, why);
  }
  // Which sealers have seen the message as it is now.
  size_t oldest = n - 1;
  while (oldest > first_ && signatureProblem(oldest - 1).empty()) --oldest;
  out.oldestPass = oldest == 0 ? 0 : static_cast<int>(oldest) + 1;
  out.results = chain_.sets[n - 1].resultsText;
  return out;
}

}  // namespace ph_mailauth::arc
