#include "dkim/verify.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {
namespace {

Finding finding(DkimStatus status, std::string reason) {
  Finding f;
  f.status = status;
  f.reason = std::move(reason);
  return f;
}

}  // namespace

Verification::Verification(Examination& message, KeyQuestions& keys, KeyCache& cache, VerifyPolicy policy)
    : message_(message), keys_(keys), cache_(cache), policy_(std::move(policy)) {
  for (const auto* field : message.fields().block().all("DKIM-Signature")) {
    Case c{field, {}, {}, 0, 0};
    if (cases_.size() >= policy_.maxSignatures) {
      c.finding = finding(DkimStatus::Neutral, "not looked at: too many signatures");
      (void)parseSignature(field->value, &c.signature);
    } else {
      const auto parsed = parseSignature(field->value, &c.signature);
      c.finding = consider(parsed);
    }
    if (c.finding.status == DkimStatus::Pass) {
      const Signature& s = c.signature;
      c.question = keys.ask(s.keyName());
      c.bodyHash = message.body().want(s.bodyCanon, hashOf(s.algorithm), s.length);
    }
    cases_.push_back(std::move(c));
  }
}

// What speaks against it before key and body are known. RFC 6376 6.1.1.
Finding Verification::consider(const ph::Result<Signature>& parsed) const {
  if (!parsed) return finding(DkimStatus::PermError, parsed.error().text);
  const Signature& s = *parsed;
  const auto isFrom = [](const std::string& name) { return ph::text::equalsNoCase(name, "From"); };
  if (std::none_of(s.headers.begin(), s.headers.end(), isFrom))
    return finding(DkimStatus::PermError, "From is not signed");
  // RFC 6376 8.15: a second From would be what people see.
  if (message_.fields().count("From") != 1) return finding(DkimStatus::PermError, "not exactly one From field");
  if (policy_.isPublicSuffix && policy_.isPublicSuffix(s.domain))
    return finding(DkimStatus::PermError, "d= is a public suffix");
  if (s.expiry && *s.expiry < policy_.now) return finding(DkimStatus::PermError, "the signature has expired");
  // RFC 8301 3.1: rsa-sha1 must not be used.
  if (s.algorithm == Algorithm::RsaSha1) return finding(DkimStatus::Policy, "rsa-sha1 is too weak");
  return {};
}

Finding Verification::decide(const Case& c) {
  std::shared_ptr<const ParsedKey> key;
  Finding f = checkKey(c.signature, keys_.answer(c.question), cache_, &key);
  if (f.status != DkimStatus::Pass) return f;
  const uint64_t length = message_.body().length(c.signature.bodyCanon);
  Finding content = checkBodyHash(c.signature, message_.body().digest(c.bodyHash), length);
  if (content.status == DkimStatus::Pass) {
    std::string data;
    message_.fields().append(c.signature.headerCanon, c.signature.headers, data);
    appendUnsigned(c.signature.headerCanon, message_.fields().raw(*c.field), data);
    content = checkHeader(c.signature, *key, data);
  }
  if (content.status == DkimStatus::Pass && !policy_.partialBody && c.signature.length.value_or(length) < length)
    content = finding(DkimStatus::Policy, "a part of the body is not signed");
  // RFC 6376 3.6.1: a failure in test mode is as no signature.
  if (content.status == DkimStatus::Fail && f.testing) {
    content.status = DkimStatus::Neutral;
    content.reason += " (test mode)";
  }
  f.status = content.status;
  f.reason = std::move(content.reason);
  return f;
}

std::vector<DkimResult> Verification::finish() {
  std::vector<DkimResult> out;
  for (const Case& c : cases_) {
    const Finding f = c.finding.status == DkimStatus::Pass ? decide(c) : c.finding;
    DkimResult r;
    r.status = f.status;
    r.domain = c.signature.domain;
    r.selector = c.signature.selector;
    r.identity = c.signature.identity;
    // Without b= it was not read as far as a=.
    if (!c.signature.signatureText.empty()) r.algorithm = nameOf(c.signature.algorithm);
    r.signature = c.signature.signatureText.substr(0, 8);
    r.reason = f.reason;
    r.keyBits = f.keyBits;
    r.testing = f.testing;
    r.secure = f.secure;
    out.push_back(std::move(r));
  }
  return out;
}

ph::Result<std::vector<DkimResult>> verify(const Octets& message, KeyQuestions& keys, KeyCache& cache,
                                           const VerifyPolicy& policy) {
  auto examination = Examination::begin(message);
  if (!examination) return examination.error();
  Verification verification(**examination, keys, cache, policy);
  if (auto s = (*examination)->readBody(); !s) return s.error();
  return verification.finish();
}

}  // namespace ph_mailauth::dkim
