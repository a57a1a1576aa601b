#include "cli/signature_commands.hpp"

#include "cli/signatures.hpp"
#include "dmarc/discovery.hpp"

namespace ph_mailauth {
namespace {

const ph::Command::Param kFile = {"file", PH_CLI_FILE, PH_CLI_REQUIRED | PH_CLI_WORD, "A message."};

std::vector<ph::Command::Param> signParams() {
  return {kFile,
          {"domain", PH_CLI_TEXT, PH_CLI_REQUIRED, "Who signs (d=)."},
          {"selector", PH_CLI_TEXT, PH_CLI_REQUIRED, "Which of his keys (s=)."},
          {"key", PH_CLI_FILE, PH_CLI_REQUIRED, "The private key: PEM, or an Ed25519 seed in base64."}};
}

std::vector<ph::Command::Param> with(std::vector<ph::Command::Param> params, std::vector<ph::Command::Param> more) {
  params.insert(params.end(), more.begin(), more.end());
  return params;
}

ph::Command::Shape shape(const char* words, const char* help, std::vector<ph::Command::Param> params) {
  return {.words = words,
          .help = help,
          .params = std::move(params),
          .flags = PH_CLI_OFFLINE | PH_CLI_JSON,
          .role = PH_CLI_DOMAIN_ADMIN};
}

ph::Status answer(ph::CommandCall& call, const ph::Result<ph::json::Value>& value) {
  if (!value) return value.error();
  return call.answer(ph::json::text(*value));
}

SignArguments argumentsOf(const ph::CommandCall& call) {
  SignArguments a;
  a.domain = call.text("domain");
  a.selector = call.text("selector");
  a.key = call.text("key");
  a.canonicalisation = call.text("canonicalisation");
  if (const auto identity = call.find("identity")) a.identity = std::string(*identity);
  for (const auto& [name, field] :
       {std::pair{"timestamp", &a.timestamp}, std::pair{"lifetime", &a.lifetime}, std::pair{"length", &a.length}}) {
    if (const int64_t value = call.integer(name, -1); value >= 0) *field = value;
  }
  return a;
}

}  // namespace

SignatureCommands::SignatureCommands(const ph::Host& host, const SettingsBox& settings)
    : host_(host),
      settings_(settings),
      verify_(host, shape("dkim verify", "Verifies the DKIM signatures of a message (RFC 6376).", {kFile}),
              [this](ph::CommandCall& call) { return verify(call); }),
      sign_(host,
            shape("dkim sign", "Makes a DKIM signature for a message (RFC 6376).",
                  with(signParams(), {{"canonicalisation", PH_CLI_TEXT, 0, "Of header and body, as relaxed/simple."},
                                      {"identity", PH_CLI_TEXT, 0, "Who sends it (i=)."},
                                      {"timestamp", PH_CLI_INT, 0, "When, in Unix seconds (t=)."},
                                      {"lifetime", PH_CLI_INT, 0, "Seconds it holds from then on (x=)."},
                                      {"length", PH_CLI_INT, 0, "Octets of the body that are signed (l=)."}})),
            [this](ph::CommandCall& call) { return sign(call); }),
      verifyArc_(host, shape("arc verify", "Verifies the ARC chain of a message (RFC 8617).", {kFile}),
                 [this](ph::CommandCall& call) { return verifyArc(call); }),
      seal_(host,
            shape("arc seal", "Makes the next ARC set for a message (RFC 8617).",
                  with(signParams(), {{"results", PH_CLI_TEXT, PH_CLI_REQUIRED,
                                       "What was found out, as in Authentication-Results."}})),
            [this](ph::CommandCall& call) { return seal(call); }) {
  if (!host.get<ph_cli>(PH_IF_CLI)) return;
  for (auto* command : {&verify_, &sign_, &verifyArc_, &seal_}) (void)command->add();  // the host tells what is refused
}

int64_t SignatureCommands::now() const {
  constexpr int64_t kMs = 1000;
  return host_.wallMs() / kMs;
}

ph::Status SignatureCommands::verify(ph::CommandCall& call) const {
  const auto settings = settings_.get();
  HostResolver resolver(host_, settings->dnsTimeoutMs);
  dkim::VerifyPolicy policy;
  policy.now = now();
  policy.maxSignatures = settings->dkim.maxSignatures;
  policy.partialBody = settings->dkim.partialBody;
  policy.isPublicSuffix = isPublicSuffix;
  return answer(call, dkimVerify(call.text("file"), resolver, policy, host_.hostname()));
}

ph::Status SignatureCommands::sign(ph::CommandCall& call) const {
  return answer(call, dkimSign(call.text("file"), argumentsOf(call)));
}

ph::Status SignatureCommands::verifyArc(ph::CommandCall& call) const {
  HostResolver resolver(host_, settings_.get()->dnsTimeoutMs);
  return answer(call, arcVerify(call.text("file"), resolver));
}

ph::Status SignatureCommands::seal(ph::CommandCall& call) const {
  HostResolver resolver(host_, settings_.get()->dnsTimeoutMs);
  return answer(call,
                arcSeal(call.text("file"), argumentsOf(call), std::string(call.text("results")), resolver, now()));
}

}  // namespace ph_mailauth
