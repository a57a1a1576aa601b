#include "cli/key_commands.hpp"

#include <algorithm>
#include <ctime>

#include "ph/address/domain.hpp"
#include "ph/json/value.hpp"

namespace ph_mailauth {
namespace {

using keys::Key;
using keys::State;
using ph::json::Value;

constexpr uint32_t kLookMs = 10'000;  // people wait for it

const std::vector<ph::Command::Field> kFields = {
    {"domain", PH_CLI_TEXT, "Whose key it is."},
    {"selector", PH_CLI_TEXT, "Its name (s=)."},
    {"algorithm", PH_CLI_TEXT, "rsa or ed25519."},
    {"state", PH_CLI_TEXT, "generated, published, signing, retiring or retired."},
    {"since", PH_CLI_TIME, "When that state began."},
    {"next", PH_CLI_TEXT, "What happens next, or what has to be done for it."},
    {"name", PH_CLI_TEXT, "Of its DNS record."},
    {"type", PH_CLI_TEXT, "Of its DNS record."},
    {"value", PH_CLI_TEXT, "Of its DNS record."},
    {"note", PH_CLI_TEXT, "What is wrong."},
};

std::string date(int64_t seconds) {
  const auto t = static_cast<time_t>(seconds);
  tm utc{};
  gmtime_r(&t, &utc);
  char out[32];
  std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return out;
}

std::string nextStep(const Key& k, const keys::Schedule& schedule) {
  switch (k.state) {
    case State::Generated:
      return "publish its record";
    case State::Published:
      return "signs from " + date(k.ready);
    case State::Signing:
      return schedule.rotateEvery > 0 ? "a new key is made at " + date(k.made + schedule.rotateEvery) : "";
    case State::Retiring:
      return "its record must stay until " + date(k.since + schedule.retireWait);
    default:
      return "remove its record";
  }
}

ph::Command::Param domainParam(uint32_t flags) {
  return {"domain", PH_CLI_TEXT, flags | PH_CLI_WORD, "The domain.", PH_CLI_NAMES_DOMAIN};
}

}  // namespace

KeyCommands::KeyCommands(const ph::Host& host, keys::MailSigner& signer)
    : host_(host),
      signer_(signer),
      status_(host,
              {.words = "dkim status",
               .help = "Lists the keys that sign mail, and the DNS records to publish for them.",
               .params = {domainParam(0)},
               .fields = kFields,
               .flags = PH_CLI_MANY,
               .role = PH_CLI_DOMAIN_ADMIN},
              [this](ph::CommandCall& call) { return status(call); }),
      generate_(host,
                {.words = "dkim generate",
                 .help = "Makes the first keys of a domain; they sign when their records are published.",
                 .params = {domainParam(PH_CLI_REQUIRED)},
                 .fields = kFields,
                 .flags = PH_CLI_MANY | PH_CLI_CHANGES,
                 .role = PH_CLI_DOMAIN_ADMIN},
                [this](ph::CommandCall& call) { return generate(call); }),
      rotate_(host,
              {.words = "dkim rotate",
               .help = "Makes new keys for a domain; they take over when their records are published.",
               .params = {domainParam(PH_CLI_REQUIRED)},
               .fields = kFields,
               .flags = PH_CLI_MANY | PH_CLI_CHANGES,
               .role = PH_CLI_DOMAIN_ADMIN},
              [this](ph::CommandCall& call) { return rotate(call); }),
      stop_(host,
            {.words = "dkim stop",
             .help = "Stops signing for a domain; its keys never sign again.",
             .params = {domainParam(PH_CLI_REQUIRED)},
             .fields = kFields,
             .flags = PH_CLI_MANY | PH_CLI_CHANGES,
             .role = PH_CLI_DOMAIN_ADMIN},
            [this](ph::CommandCall& call) { return stop(call); }) {}

ph::Status KeyCommands::start() {
  if (!host_.get<ph_cli>(PH_IF_CLI)) return {};
  for (auto* command : {&status_, &generate_, &rotate_, &stop_}) {
    if (auto s = command->add(); !s) return s;
  }
  return {};
}

// The keys of the domain that was named, or of all that the caller may see.
ph::Status KeyCommands::answer(ph::CommandCall& call) const {
  const auto all = signer_.keeper().list();
  if (!all) return all.error();
  const auto named = ph::address::normaliseDomain(call.text("domain"));
  Value items = Value::list();
  for (const auto& k : *all) {
    if (named ? k.domain != *named : !call.may(PH_CLI_NAMES_DOMAIN, k.domain)) continue;
    items.add(Value::object({{"domain", k.domain},
                             {"selector", k.selector},
                             {"algorithm", nameOf(k.type)},
                             {"state", name(k.state)},
                             {"since", date(k.since)},
                             {"next", nextStep(k, signer_.plan().of(k.domain))},
                             {"name", k.recordName() + "."},
                             {"type", "TXT"},
                             {"value", k.record},
                             {"note", k.note}}));
  }
  return call.answer(ph::json::text(Value::object({{"items", std::move(items)}})));
}

ph::Status KeyCommands::status(ph::CommandCall& call) const {
  // What is shown is as it is now, not as it was at the last look.
  if (auto s = signer_.look(kLookMs); !s) return s;
  return answer(call);
}

ph::Status KeyCommands::generate(ph::CommandCall& call) const {
  const auto domain = ph::address::normaliseDomain(call.text("domain"));
  if (!domain) return domain.error();
  const auto all = signer_.keeper().list();
  if (!all) return all.error();
  const auto active = [&](const Key& k) { return k.domain == *domain && k.state != State::Retired && !k.stopped; };
  if (std::any_of(all->begin(), all->end(), active))
    return ph::Error{ph::Kind::Conflict, *domain + " has keys already; see dkim rotate"};
  if (auto s = signer_.renew(*domain); !s) return s;
  return answer(call);
}

ph::Status KeyCommands::stop(ph::CommandCall& call) const {
  const auto domain = ph::address::normaliseDomain(call.text("domain"));
  if (!domain) return domain.error();
  if (auto s = signer_.stop(*domain); !s) return s;
  return answer(call);
}

ph::Status KeyCommands::rotate(ph::CommandCall& call) const {
  const auto domain = ph::address::normaliseDomain(call.text("domain"));
  if (!domain) return domain.error();
  if (auto s = signer_.renew(*domain); !s) return s;
  return answer(call);
}

}  // namespace ph_mailauth
