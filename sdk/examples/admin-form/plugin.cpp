// A notice board: a page for who has logged in, a form of its options for admins, a command.
#include <ph_manifest.h>

#include <string>
#include <vector>

#include "ph/admin.hpp"
#include "ph/cli.hpp"
#include "ph/http.hpp"
#include "ph/plugin.hpp"
#include "ph/settings_box.hpp"

namespace {

struct Settings {
  bool shown = true;
  std::string urgency;
  int64_t repeat = 1;
  std::vector<std::string> lines;

  std::string text() const {
    std::string out;
    for (int64_t i = 0; shown && i < repeat; ++i) {
      for (const auto& line : lines) out += (urgency == "high" ? "! " : "") + line + "\n";
    }
    return out;
  }
};

// RFC 8259 7.
std::string quoted(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.append("\\").append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

class Notice final : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    Settings s{config.boolean("shown"), config.string("urgency"), config.integer("repeat"), config.list("lines")};
    // What a schema can't say.
    if (s.shown && s.lines.empty()) return ph::Error{ph::Kind::Invalid, "a notice that is shown needs lines"};
    if (!checkOnly) settings_.set(std::move(s));
    return {};
  }

  ph::Status start() override {
    if (auto s = page_.add(); !s) return s;
    if (auto s = show_.add(); !s) return s;
    const ph::AdminPage notice{"Notice", "What everybody should know.", "/notice", PH_HTTP_ACCOUNT};
    if (auto s = notice.add(host()); !s) return s;
    const ph::AdminPage form{"Notice board", "What the notice says, and how."};  // no path: its options
    return form.add(host());
  }

 private:
  ph::SettingsBox<Settings> settings_;
  ph::Route page_{host(), {.path = "/notice", .audience = PH_HTTP_ACCOUNT}, [this](ph::HttpCall& call) {
                    return call.answer(200, "text/plain; charset=utf-8",
                                       std::string(call.account()) + ", read this:\n" + settings_.get()->text());
                  }};
  ph::Command show_{
      host(),
      {.words = "notice show",
       .help = "Says what the notice says.",
       .fields = {{"text", PH_CLI_TEXT, "All of it."}},
       .role = PH_CLI_ACCOUNT},
      [this](ph::CommandCall& call) { return call.answer("{\"text\": " + quoted(settings_.get()->text()) + "}"); }};
};

}  // namespace

PH_PLUGIN(Notice)
