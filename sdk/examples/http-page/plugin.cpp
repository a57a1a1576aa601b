// A page with its style sheet, a body that is read as it comes, and a response that is written as it comes.
#include <ph_manifest.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "ph/assets.hpp"
#include "ph/http.hpp"
#include "ph/plugin.hpp"
#include "ph/settings_box.hpp"

namespace {

struct Settings {
  std::string text;
};

constexpr std::string_view kStyle = "body { font: 1.2em sans-serif; margin: 3em }\n";
constexpr uint64_t kMaxUpload = 64 * 1024 * 1024;
constexpr int kMaxLines = 10'000'000;

// Text within HTML.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

class Page final : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    Settings s{config.string("text")};
    if (!checkOnly) settings_.set(std::move(s));
    return {};
  }

  ph::Status start() override {
    for (ph::Route* route : {&page_, &count_, &lines_}) {
      if (auto s = route->add(); !s) return s;
    }
    // With `folder` instead of `files` they would be read from a folder beside the plugin.
    ph::Assets assets{"/page/files/"};
    assets.files = {{"style.css", kStyle}};
    return assets.serve(host());
  }

 private:
  ph::Status page(ph::HttpCall& call) {
    if (auto s = call.setField("content-security-policy", "default-src 'none'; style-src 'self'"); !s) return s;
    return call.answer(200, "text/html; charset=utf-8",
                       "<!doctype html><title>a page</title><link rel=stylesheet href=/page/files/style.css><p>" +
                           escaped(settings_.get()->text) + "\n");
  }

  // Holds no more than its buffer, however much is sent.
  ph::Status count(ph::HttpCall& call) {
    char buffer[16384];
    uint64_t total = 0;
    for (;;) {
      const auto n = call.read(buffer, sizeof buffer);
      if (!n) return n.error();
      if (*n == 0) break;
      total += *n;
    }
    return call.answer(200, "text/plain", std::to_string(total) + "\n");
  }

  // /page/lines/N: so many lines. write() waits for a client that reads slowly.
  ph::Status lines(ph::HttpCall& call) {
    const std::string_view number = call.path().substr(std::string_view("/page/lines/").size());
    int n = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), n);
    if (error != std::errc() || end != number.data() + number.size() || n < 0) return ph::Error{ph::Kind::NotFound, ""};
    if (auto s = call.setField("content-type", "text/plain"); !s) return s;
    for (int i = 0; i < std::min(n, kMaxLines); ++i) {
      if (auto s = call.write(std::to_string(i) + "\n"); !s) return s;
    }
    return {};
  }

  ph::SettingsBox<Settings> settings_;
  ph::Route page_{host(), {"/page", PH_HTTP_GET, PH_HTTP_QUICK}, [this](ph::HttpCall& c) { return page(c); }};
  ph::Route count_{host(), {"/page/count", PH_HTTP_POST, 0, PH_HTTP_PUBLIC, kMaxUpload}, [this](ph::HttpCall& c) {
                     return count(c);
                   }};
  ph::Route lines_{host(), {"/page/lines/", PH_HTTP_GET, PH_HTTP_PREFIX}, [this](ph::HttpCall& c) { return lines(c); }};
};

}  // namespace

PH_PLUGIN(Page)
