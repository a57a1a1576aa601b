// The imap plugin: offers the protocol "imap". Wiring only.
#include "ph/plugin.hpp"

#include <ph_manifest.h>

#include "ph/session.hpp"
#include "session.hpp"
#include "settings.hpp"

namespace ph_imap {

class ImapPlugin final : public ph::Plugin {
 public:
  explicit ImapPlugin(const ph::Host& host)
      : Plugin(host), protocol_(host, "imap", [this](ph_session* raw, const ph_session_info* info) {
          return std::make_unique<Session>(this->host(), raw, info, settings_.get());
        }) {}

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    const auto settings = Settings::from(config);
    if (!settings) return settings.error();
    if (!checkOnly) settings_.set(*settings);
    return {};
  }

  ph::Status start() override {
    // RFC 9051 7.1.5, RFC 5530 3.
    return protocol_.offer(0, PH_PROTOCOL_LOGIN, "* BYE [UNAVAILABLE] the server is too busy, try again later\r\n");
  }

 private:
  SettingsBox settings_;
  ph::Protocol protocol_;
};

}  // namespace ph_imap

PH_PLUGIN(ph_imap::ImapPlugin)
