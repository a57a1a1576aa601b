// Judges by the reverse-path: word-reject@..., word-junk@..., word-late@... One hook finds the word, another one
// judges.
#include "ph/hook.hpp"

#include <chrono>
#include <string>
#include <thread>

#include "ph/plugin.hpp"
#include "ph/settings_box.hpp"
#include "ph_manifest.h"

namespace {

constexpr const char* kFact = "test.word";

class HooksPlugin : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    if (!checkOnly) prefix_.set(config.string("prefix"));
    return {};
  }

  ph::Status start() override {
    for (auto* hook : {&word_, &judge_, &deliver_}) {
      if (auto s = hook->add(); !s) return s;
    }
    return {};
  }

 private:
  ph::Status findWord(ph::HookCall& call) const {
    const auto prefix = prefix_.get();
    const std::string_view path = call.reversePath();
    if (!path.starts_with(*prefix)) return {};
    return call.setFact(kFact, path.substr(prefix->size(), path.find('@') - prefix->size()));
  }

  static ph::Status judge(ph::HookCall& call) {
    const auto word = call.fact(kFact);
    if (!word) return {};
    if (*word == "late") std::this_thread::sleep_for(std::chrono::milliseconds(600));
    if (*word == "fail") return ph::Error{ph::Kind::Bug, "on purpose"};
    if (*word == "early") return call.setVerdict(PH_VERDICT_JUNK);
    if (*word == "reject") return call.reject("5.7.1", "the word is reject");
    return {};
  }

  static ph::Status deliver(ph::HookCall& call) {
    const auto word = call.fact(kFact);
    if (!word) return {};
    if (auto s = call.addHeader("X-Word", *word); !s) return s;
    if (*word == "junk") return call.setVerdict(PH_VERDICT_JUNK);
    if (*word == "archive") return call.setMailbox("Archive");
    return {};
  }

  ph::SettingsBox<std::string> prefix_;
  ph::Hook word_{host(),
                 {"word", PH_STAGE_MAIL, PH_ROLE_INSPECT, PH_POLICY_OPEN, 0, {kFact}, {}},
                 [this](ph::HookCall& call) { return findWord(call); }};
  ph::Hook judge_{host(), {"judge", PH_STAGE_MAIL, PH_ROLE_JUDGE, PH_POLICY_TEMPFAIL, 200, {}, {kFact}}, &judge};
  ph::Hook deliver_{host(), {"deliver", PH_STAGE_DELIVER, PH_ROLE_JUDGE, PH_POLICY_OPEN, 0, {}, {kFact}}, &deliver};
};

}  // namespace

PH_PLUGIN(HooksPlugin)
