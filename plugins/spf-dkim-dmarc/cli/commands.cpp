#include "cli/commands.hpp"

#include "cli/verifier.hpp"

namespace ph_mailauth {

namespace {

const std::vector<ph::Command::Param> kClient = {
    {"ip", PH_CLI_TEXT, PH_CLI_REQUIRED, "The client's address."},
    {"helo", PH_CLI_TEXT, PH_CLI_REQUIRED, "What the client said in EHLO."},
    {"mail_from", PH_CLI_TEXT, PH_CLI_REQUIRED, "The reverse-path; <> for none."},
};

std::vector<ph::Command::Param> withFile() {
  std::vector<ph::Command::Param> out = {{"file", PH_CLI_FILE, PH_CLI_REQUIRED | PH_CLI_WORD, "A message."}};
  out.insert(out.end(), kClient.begin(), kClient.end());
  return out;
}

ph::Status answer(ph::CommandCall& call, const ph::Result<ph::json::Value>& value) {
  if (!value) return value.error();
  return call.answer(ph::json::text(*value));
}

}  // namespace

Commands::Commands(const ph::Host& host, const SettingsBox& settings)
    : host_(host),
      settings_(settings),
      spf_(host,
           {.words = "spf check",
            .help = "Says whether a client may send for a domain (RFC 7208).",
            .params = kClient,
            .flags = PH_CLI_OFFLINE | PH_CLI_JSON,
            .role = PH_CLI_DOMAIN_ADMIN},
           [this](ph::CommandCall& call) { return spf(call); }),
      dmarc_(host,
             {.words = "dmarc check",
              .help = "Says what a message's author's domain wants done with it (RFC 7489).",
              .params = withFile(),
              .flags = PH_CLI_OFFLINE | PH_CLI_JSON,
              .role = PH_CLI_DOMAIN_ADMIN},
             [this](ph::CommandCall& call) { return dmarc(call); }) {
  if (!host.get<ph_cli>(PH_IF_CLI)) return;
  for (auto* command : {&spf_, &dmarc_}) (void)command->add();  // what is refused, the host tells
}

ClientArguments Commands::client(const ph::CommandCall& call) const {
  constexpr int64_t kMs = 1000;
  return {std::string(call.text("ip")), std::string(call.text("helo")), std::string(call.text("mail_from")),
          host_.hostname(), host_.wallMs() / kMs};
}

ph::Status Commands::spf(ph::CommandCall& call) const {
  HostResolver resolver(host_, settings_.get()->dnsTimeoutMs);
  return answer(call, spfCheck(client(call), resolver));
}

ph::Status Commands::dmarc(ph::CommandCall& call) const {
  const auto settings = settings_.get();
  HostResolver resolver(host_, settings->dnsTimeoutMs);
  const auto who = client(call);
  return answer(call, dmarcCheck(who, call.text("file"), settings->dmarcTreeWalk, dkimVerifier(who.now), resolver));
}

}  // namespace ph_mailauth
