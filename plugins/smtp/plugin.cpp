// The smtp plugin: offers the protocols "smtp", "submission" and "lmtp", and the transport "smtp". Wiring only.
#include "ph/plugin.hpp"

#include <ph_manifest.h>

#include "client/transport.hpp"
#include "ph/session.hpp"
#include "session.hpp"
#include "settings.hpp"

namespace ph_smtp {

class SmtpPlugin final : public ph::Plugin {
 public:
  explicit SmtpPlugin(const ph::Host& host)
      : Plugin(host),
        receive_(host, "smtp", factory(Service::Receive)),
        submission_(host, "submission", factory(Service::Submission)),
        lmtp_(host, "lmtp", factory(Service::Lmtp)),
        transport_(host) {}

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    const auto settings = Settings::from(config);
    if (!settings) return settings.error();
    if (!checkOnly) settings_.set(*settings);
    return {};
  }

  ph::Status start() override {
    static constexpr const char* kBusy = "421 4.3.2 the server is too busy, try again later\r\n";
    if (auto offered = receive_.offer(0, 0, kBusy); !offered) return offered;
    if (auto offered = lmtp_.offer(0, 0, kBusy); !offered) return offered;
    if (auto offered = submission_.offer(0, PH_PROTOCOL_LOGIN, kBusy); !offered) return offered;
    return transport_.offer();
  }

  void drain(uint32_t deadlineMs) override { transport_.drain(deadlineMs); }

 private:
  ph::SessionFactory factory(Service service) {
    return [this, service](ph_session* raw, const ph_session_info* info) {
      return std::make_unique<Session>(host(), raw, info, service, settings_);
    };
  }

  SettingsBox settings_;
  ph::Protocol receive_;
  ph::Protocol submission_;
  ph::Protocol lmtp_;
  client::Transport transport_;
};

}  // namespace ph_smtp

PH_PLUGIN(ph_smtp::SmtpPlugin)
