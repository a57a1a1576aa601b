// A durable subscriber: every event of the server becomes a line of a file.
// Guarantees: the cursor moves only after the lines are on disk, so no event is lost, whatever is killed when; after a
// crash the last batch may be written twice, with the same "seq". A file that can't be written stops nothing: the
// events wait in the server's log.
#include <ph_manifest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "line.hpp"
#include "line_file.hpp"
#include "ph/events.hpp"
#include "ph/plugin.hpp"
#include "ph/settings_box.hpp"

namespace event_log {

struct Settings {
  std::string file;
  std::vector<std::string> names;

  bool wants(const std::string& name) const {
    return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& n) {
             return n == name || (n.ends_with('.') && name.starts_with(n));
           });
  }
};

class EventLog final : public ph::Plugin {
 public:
  using Plugin::Plugin;

  ph::Status configure(const ph::Config& config, bool checkOnly) override {
    Settings s{config.string("file"), config.list("names")};
    if (!s.file.starts_with('/')) return ph::Error{ph::Kind::Invalid, "file: an absolute path is needed"};
    if (!checkOnly) settings_.set(std::move(s));
    return {};
  }

  ph::Status start() override { return subscription_.begin(); }

 private:
  // On a worker, never two at once.
  ph::Status write(const std::vector<ph::Event>& events) {
    const auto settings = settings_.get();
    std::string lines;
    for (const auto& e : events) {
      if (settings->wants(e.name)) lines += line(e);
    }
    if (lines.empty()) return {};
    if (auto s = file_.open(settings->file); !s) return s;
    return file_.append(lines);
  }

  // A gap can't be filled, but whoever reads the file must see it.
  void gap(uint64_t first) {
    ph::Event e;
    e.seq = first - 1;
    e.wallMs = host().wallMs();
    e.name = "event-log.gap";
    if (auto s = write({e}); !s) host().error("a gap in the events is not in the file", {{"reason", s.error().text}});
  }

  ph::SettingsBox<Settings> settings_;
  LineFile file_;
  ph::Subscription subscription_{host(), "file", [this](const std::vector<ph::Event>& events) { return write(events); },
                                 ph::Subscription::Begin::Oldest, [this](uint64_t first) { gap(first); }};
};

}  // namespace event_log

PH_PLUGIN(event_log::EventLog)
