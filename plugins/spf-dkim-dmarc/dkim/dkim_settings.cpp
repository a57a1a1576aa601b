#include "dkim/dkim_settings.hpp"

#include <charconv>

#include "ph/address/domain.hpp"
#include "ph/header/writer.hpp"

namespace ph_mailauth::dkim {
namespace {

constexpr int64_t kMs = 1000;

ph::Error invalid(std::string text) {
  return {ph::Kind::Invalid, std::move(text)};
}

ph::Result<std::vector<std::string>> domains(const ph::Config& config, const char* path) {
  std::vector<std::string> out;
  for (const auto& text : config.list(path)) {
    auto domain = ph::address::normaliseDomain(text);
    if (!domain) return invalid(std::string(path) + ": '" + text + "' is no domain");
    out.push_back(std::move(*domain));
  }
  return out;
}

ph::Status readRotation(const ph::Config& config, keys::Plan* plan) {
  for (const auto& text : config.list("key_rotation")) {
    const size_t equals = text.find('=');
    const auto span = parseSpan(equals == text.npos ? std::string_view() : std::string_view(text).substr(equals + 1));
    if (!span) return invalid("key_rotation: '" + text + "' is not like \"example.org=90d\"");
    const std::string who = text.substr(0, equals);
    if (who == "*") {
      plan->schedule.rotateEvery = *span;
      continue;
    }
    const auto domain = ph::address::normaliseDomain(who);
    if (!domain) return invalid("key_rotation: '" + who + "' is no domain");
    plan->rotateEvery[*domain] = *span;
  }
  return {};
}

ph::Status readTypes(const ph::Config& config, keys::Plan* plan) {
  const auto names = config.list("sign_algorithms");
  if (names.empty()) return {};
  plan->types.clear();
  for (const auto& text : names) {
    if (text != nameOf(KeyType::Rsa) && text != nameOf(KeyType::Ed25519))
      return invalid("sign_algorithms: '" + text + "' is neither rsa nor ed25519");
    plan->types.push_back(text == nameOf(KeyType::Rsa) ? KeyType::Rsa : KeyType::Ed25519);
  }
  return {};
}

}  // namespace

ph::Result<int64_t> parseSpan(std::string_view text) {
  if (text == "never") return int64_t{0};
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (error != std::errc() || number < 1 || number > 1'000'000) return invalid("no span of time");
  if (unit == "d") return number * 86400;
  if (unit == "h") return number * 3600;
  if (unit == "m") return number * 60;
  if (unit == "s") return number;
  return invalid("no span of time");
}

ph::Result<DkimSettings> DkimSettings::from(const ph::Config& config) {
  DkimSettings s;
  s.maxSignatures = static_cast<size_t>(config.integer("dkim_max_signatures", 8));
  s.partialBody = config.boolean("dkim_partial_body", false);
  auto signs = domains(config, "sign_domains");
  if (!signs) return signs.error();
  s.plan.domains = std::move(*signs);
  if (auto done = readTypes(config, &s.plan); !done) return done.error();
  if (auto done = readRotation(config, &s.plan); !done) return done.error();
  s.plan.schedule.publishWait = config.duration("key_publish_wait", s.plan.schedule.publishWait * kMs) / kMs;
  s.plan.schedule.retireWait = config.duration("key_retire_wait", s.plan.schedule.retireWait * kMs) / kMs;
  s.signLifetime = config.duration("sign_lifetime", 0) / kMs;
  s.signIdentity = config.boolean("sign_identity", false);
  const auto sealed = config.list("sign_sealed");
  if (!sealed.empty()) s.sign.sealed = sealed;
  for (const auto& header : s.sign.sealed) {
    if (!ph::header::isFieldName(header)) return invalid("sign_sealed: '" + header + "' is no field name");
  }
  s.failTemporarily = config.string("sign_failure", "unsigned") == "tempfail";
  const auto trusted = domains(config, "arc_trusted_sealers");
  if (!trusted) return trusted.error();
  s.trustedSealers = {trusted->begin(), trusted->end()};
  return s;
}

}  // namespace ph_mailauth::dkim
