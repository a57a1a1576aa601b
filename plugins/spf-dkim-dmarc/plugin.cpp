// The spf-dkim-dmarc plugin: hooks that find out who sent a message, and one that acts on it. Wiring only.
#include "ph/plugin.hpp"

#include <ph_manifest.h>

#include "cli/commands.hpp"
#include "cli/key_commands.hpp"
#include "cli/report_commands.hpp"
#include "cli/signature_commands.hpp"
#include "dkim/signature_hook.hpp"
#include "dmarc/dmarc_hooks.hpp"
#include "dnsbl/dnsbl_hooks.hpp"
#include "hooks.hpp"
#include "keys/mail_signer.hpp"
#include "report/post_office.hpp"
#include "report/receive_hook.hpp"
#include "settings.hpp"

namespace ph_mailauth {

class AuthPlugin final : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    auto settings = Settings::from(config);
    if (!settings) return settings.error();
    if (!checkOnly) settings_.set(std::move(*settings));
    return {};
  }

  ph::Status start() override {
    if (auto s = client_.start(); !s) return s;
    if (auto s = dnsbl_.start(); !s) return s;
    if (auto s = signatures_.start(); !s) return s;
    if (auto s = signer_.start(); !s) return s;
    if (auto s = receive_.start(); !s) return s;
    if (auto s = office_.start(); !s) return s;
    if (auto s = reportCommands_.start(); !s) return s;
    if (auto s = keyCommands_.start(); !s) return s;
    return dmarc_.start();
  }

 private:
  SettingsBox settings_;
  ClientHooks client_{host(), settings_};
  DnsblHooks dnsbl_{host(), settings_};
  dkim::SignatureHook signatures_{host(), settings_};
  keys::MailSigner signer_{host(), settings_};
  ReceivedReports received_{host()};
  Evaluations evaluations_{host()};
  Recorder recorder_{host(), settings_, evaluations_};
  ReceiveHook receive_{host(), settings_, received_};
  PostOffice office_{host(), settings_, evaluations_};
  DmarcHooks dmarc_{host(), settings_, recorder_};
  Commands commands_{host(), settings_};
  ReportCommands reportCommands_{host(), received_, evaluations_, office_};
  SignatureCommands signatureCommands_{host(), settings_};
  KeyCommands keyCommands_{host(), signer_};
};

}  // namespace ph_mailauth

PH_PLUGIN(ph_mailauth::AuthPlugin)
