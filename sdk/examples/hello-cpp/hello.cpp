// A protocol of lines: the client says names, the server greets them, QUIT ends it.
#include <ph_manifest.h>

#include <string>

#include "ph/plugin.hpp"
#include "ph/session.hpp"
#include "ph/settings_box.hpp"

namespace {

constexpr uint32_t kIdleMs = 60'000;
constexpr size_t kMaxLine = 200;

struct Settings {
  std::string greeting = "hello";
};

class Conversation final : public ph::Session {
 public:
  Conversation(const ph::Host& host, ph_session* raw, const ph_session_info* info,
               const ph::SettingsBox<Settings>& settings)
      : Session(host, raw, info), settings_(settings) {}

  // Called when there is something to do; never waits.
  ph::Next run(uint32_t why) override {
    if (why & PH_WHY_OPEN) write("who are you?\r\n");
    if (why & (PH_WHY_TIMEOUT | PH_WHY_SHUTDOWN)) return end("bye");
    for (;;) {
      const std::string_view got = input();
      const size_t lf = got.find('\n');
      if (lf == std::string_view::npos) {
        if (got.size() > kMaxLine) return end("too long");
        if (why & PH_WHY_EOF) return ph::Next::Close;
        break;
      }
      std::string name(got.substr(0, lf));
      if (!name.empty() && name.back() == '\r') name.pop_back();
      if (name == "QUIT") return end("bye");
      // A client that takes no answers must not fill the memory: its line stays in input() until the output is gone.
      if (!write(settings_.get()->greeting + ", " + name + "\r\n")) return ph::Next::Write;
      consume(lf + 1);
    }
    deadline(kIdleMs);
    return ph::Next::Read;
  }

 private:
  ph::Next end(const std::string& text) {
    write(text + "\r\n");
    return ph::Next::Close;
  }

  const ph::SettingsBox<Settings>& settings_;
};

class Greeter final : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    Settings s{config.string("greeting")};
    if (s.greeting.find_first_of("\r\n") != std::string::npos)
      return ph::Error{ph::Kind::Invalid, "greeting: one line"};
    if (!checkOnly) settings_.set(std::move(s));
    return {};
  }

  ph::Status start() override { return protocol_.offer(); }

 private:
  ph::SettingsBox<Settings> settings_;
  ph::Protocol protocol_{host(), "greet", [this](ph_session* raw, const ph_session_info* info) {
                           return std::make_unique<Conversation>(host(), raw, info, settings_);
                         }};
};

}  // namespace

PH_PLUGIN(Greeter)
