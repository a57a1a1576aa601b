// A hook on RCPT that judges recipients by the table in the configuration.
// Fails to "try again": who protects an address does not want its mail let through because the plugin has a bug, and
// the sender loses nothing by waiting (PH_POLICY_TEMPFAIL; the admin may say otherwise).
#include <ph_manifest.h>

#include <string>

#include "ph/hook.hpp"
#include "ph/plugin.hpp"
#include "ph/settings_box.hpp"
#include "table.hpp"

namespace rcpt_policy {

struct Settings {
  Table table;
  std::string text;
  bool submissions = false;

  static ph::Result<Settings> from(const ph::Config& config) {
    Settings s;
    for (const auto& [key, list] : {std::pair{"accept", &s.table.accept}, std::pair{"reject", &s.table.reject},
                                    std::pair{"defer", &s.table.defer}}) {
      for (const auto& text : config.list(key)) {
        auto p = Pattern::parse(text);
        if (!p) return ph::Error{ph::Kind::Invalid, std::string(key) + ": " + p.error().text};
        list->push_back(std::move(*p));
      }
    }
    s.text = config.string("text");
    s.submissions = config.boolean("submissions");
    if (s.text.find_first_of("\r\n") != std::string::npos) return ph::Error{ph::Kind::Invalid, "text: one line"};
    return s;
  }
};

class RcptPolicy final : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    auto s = Settings::from(config);
    if (!s) return s.error();
    if (!checkOnly) settings_.set(std::move(*s));
    return {};
  }

  ph::Status start() override { return hook_.add(); }

 private:
  // On workers, many at once: all it shares is the box.
  ph::Status judge(ph::HookCall& call) const {
    const auto settings = settings_.get();
    const auto rcpt = call.currentRcpt();
    if (!rcpt || (call.info().submission && !settings->submissions)) return {};
    switch (settings->table.answer(ph::view(rcpt->forward_path))) {
      case Answer::Reject:
        return call.reject("5.7.1", settings->text);  // RFC 3463: delivery not authorized
      case Answer::Defer:
        return call.tempfail("4.2.1", settings->text);  // RFC 3463: mailbox disabled
      case Answer::Accept:
      case Answer::Nothing:
        break;  // a hook can only forbid: whether there is such a mailbox is the host's question
    }
    return {};
  }

  ph::SettingsBox<Settings> settings_;
  ph::Hook hook_{host(),
                 {"rcpt-policy", PH_STAGE_RCPT, PH_ROLE_JUDGE, PH_POLICY_TEMPFAIL, 1000},
                 [this](ph::HookCall& call) { return judge(call); }};
};

}  // namespace rcpt_policy

PH_PLUGIN(rcpt_policy::RcptPolicy)
