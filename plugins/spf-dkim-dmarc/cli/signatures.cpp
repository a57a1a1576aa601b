#include "cli/signatures.hpp"

#include "arc/seal.hpp"
#include "arc/verify.hpp"
#include "dkim/record.hpp"
#include "dkim/resolver_questions.hpp"
#include "dkim/sign.hpp"
#include "ph/address/domain.hpp"
#include "results/dkim_entry.hpp"

namespace ph_mailauth {
namespace {

using dkim::Canon;
using ph::json::Value;

ph::Error invalid(std::string text) {
  return {ph::Kind::Invalid, std::move(text)};
}

Value resultObject(const DkimResult& r) {
  return Value::object({{"result", name(r.status)},
                        {"domain", r.domain},
                        {"selector", r.selector},
                        {"identity", r.identity},
                        {"algorithm", r.algorithm},
                        {"reason", r.reason},
                        {"key_bits", r.keyBits},
                        {"testing", r.testing},
                        {"dnssec", r.secure},
                        {"signature", r.signature}});
}

ph::Result<dkim::SigningKey> signingKey(const SignArguments& a) {
  auto domain = ph::address::normaliseDnsName(a.domain);
  if (!domain) return invalid("domain: '" + a.domain + "' is no domain");
  auto selector = ph::address::normaliseDnsName(a.selector);
  if (!selector) return invalid("selector: '" + a.selector + "' is no selector");
  const auto seed = dkim::decodeBase64(a.key);
  auto key = seed && seed->size() == 32 ? dkim::PrivateKey::fromSeed(*seed) : dkim::PrivateKey::fromPem(a.key);
  if (!key) return invalid("key: " + key.error().text);
  return dkim::SigningKey{std::move(*domain), std::move(*selector), std::move(*key)};
}

ph::Status readCanonicalisation(const std::string& text, dkim::SignOptions* out) {
  if (text.empty()) return {};
  for (const auto header : {Canon::Simple, Canon::Relaxed}) {
    for (const auto body : {Canon::Simple, Canon::Relaxed}) {
      if (text != std::string(nameOf(header)) + "/" + std::string(nameOf(body))) continue;
      out->headerCanon = header;
      out->bodyCanon = body;
      return {};
    }
  }
  return invalid("canonicalisation: '" + text + "' is not like relaxed/simple");
}

Value withRecord(std::string fields, const dkim::SigningKey& key) {
  return Value::object({{"fields", std::move(fields)},
                        {"record_name", key.selector + "._domainkey." + key.domain},
                        {"record", dkim::formatRecord(key.key.type(), key.key.publicBytes())}});
}

ph::Result<arc::Result> chainOf(dkim::Examination& examination, Resolver& resolver) {
  dkim::ResolverQuestions questions(resolver);
  dkim::KeyCache cache;
  arc::Verification chain(examination, questions, cache);
  if (auto s = examination.readBody(); !s) return s.error();
  return chain.finish();
}

}  // namespace

ph::Result<Value> dkimVerify(std::string_view message, Resolver& resolver, const dkim::VerifyPolicy& policy,
                             const std::string& hostname) {
  dkim::ResolverQuestions questions(resolver);
  dkim::KeyCache cache;
  const auto results = dkim::verify(Octets(message), questions, cache, policy);
  if (!results) return results.error();
  Value signatures = Value::list();
  std::string entries = hostname;
  for (const auto& r : *results) {
    signatures.add(resultObject(r));
    entries += "; " + dkimEntry(r);
  }
  if (results->empty()) entries += "; dkim=none";
  return Value::object({{"signatures", std::move(signatures)}, {"authentication_results", entries}});
}

ph::Result<Value> dkimSign(std::string_view message, const SignArguments& arguments) {
  const auto key = signingKey(arguments);
  if (!key) return key.error();
  dkim::SignOptions options;
  if (auto s = readCanonicalisation(arguments.canonicalisation, &options); !s) return s.error();
  options.identity = arguments.identity;
  options.timestamp = arguments.timestamp;
  options.lifetime = arguments.lifetime;
  if (arguments.length) options.length = static_cast<uint64_t>(*arguments.length);
  auto fields = dkim::sign(Octets(message), {*key}, options);
  if (!fields) return fields.error();
  return withRecord(std::move(*fields), *key);
}

ph::Result<Value> arcVerify(std::string_view message, Resolver& resolver) {
  const Octets octets(message);
  auto examination = dkim::Examination::begin(octets);
  if (!examination) return examination.error();
  const auto chain = chainOf(**examination, resolver);
  if (!chain) return chain.error();
  return Value::object({{"cv", name(chain->status)},
                        {"reason", chain->reason},
                        {"sealers", chain->sealers},
                        {"oldest_pass", chain->oldestPass},
                        {"results", chain->results}});
}

ph::Result<Value> arcSeal(std::string_view message, const SignArguments& arguments, const std::string& results,
                          Resolver& resolver, int64_t now) {
  const auto key = signingKey(arguments);
  if (!key) return key.error();
  const Octets octets(message);
  auto examination = dkim::Examination::begin(octets);
  if (!examination) return examination.error();
  const arc::Sealing sealing(**examination);
  const auto chain = chainOf(**examination, resolver);
  if (!chain) return chain.error();
  auto fields = sealing.seal(*key, chain->status, results, now);
  if (!fields) return fields.error();
  return withRecord(std::move(*fields), *key);
}

}  // namespace ph_mailauth
