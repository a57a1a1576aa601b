// Handlers that answer in every way they can: whole, in pieces, late, not at all.
#include <ph_manifest.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <list>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "ph/assets.hpp"
#include "ph/http.hpp"
#include "ph/plugin.hpp"

namespace {

using ph::HttpCall;
using ph::Status;

// What the request looks like from here, a line each.
Status about(HttpCall& c) {
  std::string out;
  const auto line = [&](std::string_view name, std::string_view value) {
    out.append(name).append("=").append(value).append("\n");
  };
  line("method", c.method());
  line("host", c.host());
  line("path", c.path());
  line("query", c.query());
  line("listener", c.listener());
  line("remote", c.remoteIp());
  line("secure", c.secure() ? "1" : "0");
  line("length", std::to_string(c.info().body_length));
  line("x-test", c.field("X-Test").value_or("none"));
  const auto body = c.body();
  if (!body) return body.error();
  line("body", *body);
  return c.answer(200, "text/plain", out);
}

// /web/sleep/MS
Status sleep(HttpCall& c) {
  const int ms = std::atoi(std::string(c.path().substr(c.path().rfind('/') + 1)).c_str());
  for (int i = 0; i < ms && !c.cancelled(); i += 10) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return c.answer(200, "text/plain", "slept\n");
}

// /web/hang/MS: does not look whether anybody still waits
Status hang(HttpCall& c) {
  const int ms = std::atoi(std::string(c.path().substr(c.path().rfind('/') + 1)).c_str());
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  return c.answer(200, "text/plain", "hung\n");
}

// /web/status/N
Status status(HttpCall& c) {
  return c.answer(std::atoi(std::string(c.path().substr(c.path().rfind('/') + 1)).c_str()), "text/plain", "body\n");
}

// /web/quick/much/KIB
Status much(HttpCall& c) {
  const int kib = std::atoi(std::string(c.path().substr(c.path().rfind('/') + 1)).c_str());
  for (int i = 0; i < kib; ++i) {
    if (auto s = c.write(std::string(1024, 'x')); !s) return s;
  }
  return {};
}

// Each border rule of the response, and what the host says.
Status rules(HttpCall& c) {
  std::string out;
  const auto tell = [&](const char* what, const Status& s) {
    out.append(what).append("=").append(std::to_string(s.ok() ? 0 : static_cast<int>(s.error().kind))).append("\n");
  };
  tell("status 100", c.setStatus(100));
  tell("status 600", c.setStatus(600));
  tell("split", c.setField("x-a", "a\r\nx-b: c"));
  tell("name", c.setField("x a", "a"));
  tell("length", c.setField("Content-Length", "7"));
  tell("coding", c.addField("transfer-encoding", "chunked"));
  tell("csp", c.setField("Content-Security-Policy", "default-src 'self'"));
  tell("left out", c.setField("referrer-policy", ""));
  if (auto s = c.write(out); !s) return s;
  if (auto s = c.flush(); !s) return s;
  out.clear();
  tell("late status", c.setStatus(404));
  tell("late field", c.setField("x-a", "b"));
  return c.write(out);
}

// /web/tagged: what has a tag, whole; /web/tagged/pieces: as it comes; PUT changes it
Status tagged(HttpCall& c) {
  const auto holds = c.method() == "PUT" ? c.holds("\"v1\"") : ph::Result<bool>(true);
  if (!holds) return holds.error();
  if (!*holds) return {};
  if (auto s = c.setField("etag", "\"v1\""); !s) return s;
  if (auto s = c.setField("content-type", "text/plain"); !s) return s;
  std::string text;
  while (text.size() < 5000) text += "0123456789";
  if (c.path() == "/web/tagged") return c.write(text);
  for (int i = 0; i < 40; ++i) {
    if (auto s = c.write(text); !s) return s;
  }
  return {};
}

Status half(HttpCall& c) {
  if (auto s = c.write("half of it"); !s) return s;
  if (auto s = c.flush(); !s) return s;
  return ph::Error{ph::Kind::Temporary, "the rest is lost"};
}

// /web/events: everybody there is told what is sent to /web/tell. /web/echo: a WebSocket that answers what it is asked.
class Room {
 public:
  Status enter(HttpCall& c) {
    if (auto s = c.setField("content-type", "text/event-stream"); !s) return s;
    // Its own name, so that its end can find it; the lock is held until both know each other.
    const auto who = std::make_shared<std::weak_ptr<ph::Stream>>();
    std::lock_guard lock(mutex_);
    auto stream = c.stream([this, who] {
      std::lock_guard lock(mutex_);
      streams_.erase(who->lock());
    });
    if (!stream) return stream.error();
    *who = *stream;
    streams_.insert(*stream);
    return (*stream)->event("hello", "you are in");
  }
  Status tell(HttpCall& c) {
    const auto text = c.body();
    if (!text) return text.error();
    std::lock_guard lock(mutex_);
    for (const auto& s : streams_) (void)s->event("", *text);
    return c.answer(200, "text/plain", std::to_string(streams_.size()) + "\n");
  }
  Status echo(HttpCall& c) {
    const auto self = std::make_shared<std::promise<std::shared_ptr<ph::Stream>>>();
    const auto stream = self->get_future().share();
    auto made = c.webSocket(
        [stream](bool binary, std::string_view data) {
          if (data == "close") return stream.get()->close(4000);
          if (data == "throw") throw std::runtime_error("thrown on purpose");
          (void)stream.get()->send(data, binary);
        },
        {});
    if (!made) return made.error();
    self->set_value(*made);
    return {};
  }

 private:
  std::mutex mutex_;
  std::set<std::shared_ptr<ph::Stream>> streams_;
};

class Web final : public ph::Plugin {
 public:
  using Plugin::Plugin;

  Status start() override {
    constexpr uint32_t kAll = PH_HTTP_GET | PH_HTTP_POST | PH_HTTP_PUT | PH_HTTP_DELETE;
    add({"/web/about", kAll}, about);
    add({"/web/about/", kAll, PH_HTTP_PREFIX}, about);
    add({"/web/sleep/", PH_HTTP_GET, PH_HTTP_PREFIX, PH_HTTP_PUBLIC, 0, 5000}, sleep);
    add({"/web/hang/", PH_HTTP_GET, PH_HTTP_PREFIX, PH_HTTP_PUBLIC, 0, 300}, hang);
    add({"/web/status/", PH_HTTP_GET, PH_HTTP_PREFIX}, status);
    add({"/web/quick/hang/", PH_HTTP_GET, PH_HTTP_PREFIX | PH_HTTP_QUICK}, hang);
    add({"/web/quick/about", PH_HTTP_GET | PH_HTTP_POST, PH_HTTP_QUICK}, about);
    add({"/web/quick/much/", PH_HTTP_GET, PH_HTTP_PREFIX | PH_HTTP_QUICK}, much);
    add({"/web/quick/throw", PH_HTTP_GET, PH_HTTP_QUICK},
        [](HttpCall&) -> Status { throw std::runtime_error("thrown on purpose"); });
    add({"/web/rules"}, rules);
    add({"/web/half"}, half);
    add({"/web/events"}, [this](HttpCall& c) { return room_.enter(c); });
    add({"/web/tell", PH_HTTP_POST}, [this](HttpCall& c) { return room_.tell(c); });
    add({"/web/echo"}, [this](HttpCall& c) { return room_.echo(c); });
    add({"/web/tagged", PH_HTTP_GET | PH_HTTP_PUT}, tagged);
    add({"/web/tagged/pieces"}, tagged);
    add({"/web/throw"}, [](HttpCall&) -> Status { throw std::runtime_error("thrown on purpose"); });
    add({"/web/ignores", PH_HTTP_POST, 0, PH_HTTP_PUBLIC, 10'000'000},
        [](HttpCall& c) { return c.answer(200, "text/plain", "ignored\n"); });
    add({"/web/account", PH_HTTP_GET, 0, PH_HTTP_ACCOUNT}, about);
    add({"/web/admin/", PH_HTTP_GET, PH_HTTP_PREFIX, PH_HTTP_ADMIN}, about);
    ph::Route::Shape named{"/web/about"};
    named.host = "named.example";
    add(named, [](HttpCall& c) { return c.answer(200, "text/plain", "named\n"); });
    ph::Assets files{"/web/files/"};
    files.folder = "web-files";
    // Only some tests have the folder.
    if (const auto s = files.serve(host()); !s && s.error().kind != ph::Kind::NotFound) return s;
    files.folder = "../web-files";
    if (const auto s = files.serve(host()); s || s.error().kind != ph::Kind::Invalid)
      return ph::Error{ph::Kind::Bug, "a folder elsewhere"};
    ph::Route twice(host(), {"/web/half"}, half);
    if (const auto s = twice.add(); s || s.error().kind != ph::Kind::Conflict)
      return ph::Error{ph::Kind::Bug, "two routes for one path"};
    return status_;
  }

 private:
  void add(ph::Route::Shape shape, ph::Route::Function function) {
    routes_.emplace_back(host(), std::move(shape), std::move(function));
    if (auto s = routes_.back().add(); !s) status_ = s;
  }

  Room room_;
  std::list<ph::Route> routes_;
  Status status_;
};

}  // namespace

PH_PLUGIN(Web)
