// Answering HTTP requests: Route is one path, HttpCall one request with its response.
// Threads: a route's function runs on many workers at once; an HttpCall belongs to the one it was given to.
#pragma once

#include <ph/draft/host/http.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ph/guard.hpp"
#include "ph/host.hpp"
#include "ph/result.hpp"
#include "ph/text.hpp"

namespace ph {

// A response that goes on after its handler: server-sent events, a WebSocket. Any thread; never waits.
class Stream {
 public:
  using Message = std::function<void(bool binary, std::string_view data)>;
  using Ended = std::function<void()>;
  ~Stream() { api_.stream_release(raw_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Limit or Cancelled: it is over, and its end is or will be told.
  Status send(std::string_view data, bool binary = false) {
    return toStatus(api_.stream_send(raw_, binary ? 1 : 0, str(data)), "stream");
  }
  // A server-sent event. `name` may be empty and has no line ends.
  Status event(std::string_view name, std::string_view data) {
    std::string out;
    if (!name.empty()) out.append("event: ").append(name).append("\n");
    for (;;) {
      const size_t end = data.find('\n');
      out.append("data: ").append(data.substr(0, end)).append("\n");
      if (end == data.npos) break;
      data.remove_prefix(end + 1);
    }
    return send(out.append("\n"));
  }
  void close(uint16_t code = 1000) { api_.stream_close(raw_, code); }

 private:
  friend class HttpCall;
  // What the host calls; lives until it has told the end.
  struct Listener {
    Message message;
    Ended ended;
  };
  Stream(const ph_http& api, ph_stream* raw) : api_(api), raw_(raw) {}
  const ph_http& api_;
  ph_stream* raw_;
};

class HttpCall {
 public:
  HttpCall(const ph_http& api, ph_exchange* exchange)
      : api_(api), exchange_(exchange), info_(sized<ph_http_request>()) {
    api_.request(exchange_, &info_);
  }

  std::string_view method() const { return view(info_.method); }
  std::string_view host() const { return view(info_.host); }
  std::string_view path() const { return view(info_.path); }
  std::string_view query() const { return view(info_.query); }
  std::string_view listener() const { return view(info_.listener); }
  std::string_view remoteIp() const { return view(info_.remote_ip); }
  bool secure() const { return info_.secure != 0; }
  // Of routes for accounts and admins.
  std::string_view account() const { return view(info_.account); }
  std::string_view csrf() const { return view(info_.csrf); }
  const ph_http_request& info() const { return info_; }
  std::optional<std::string_view> field(std::string_view name, size_t index = 0) const {
    ph_str value{};
    if (api_.field(exchange_, str(name), index, &value) != PH_OK) return std::nullopt;
    return view(value);
  }

  // At most `size` bytes of the body; 0: that was all.
  Result<size_t> read(void* to, size_t size) {
    size_t n = 0;
    if (const ph_status s = api_.read(exchange_, to, size, &n); s != PH_OK)
      return Error{static_cast<Kind>(s), "the request's body"};
    return n;
  }
  // All of it, as the route's limit allows.
  Result<std::string> body() {
    std::string out;
    char buffer[16384];
    for (;;) {
      auto n = read(buffer, sizeof buffer);
      if (!n) return n.error();
      if (*n == 0) return out;
      out.append(buffer, *n);
    }
  }

  Status setStatus(int status) { return toStatus(api_.set_status(exchange_, status), "status"); }
  Status setField(std::string_view name, std::string_view value) {
    return toStatus(api_.set_field(exchange_, str(name), str(value)), "field");
  }
  Status addField(std::string_view name, std::string_view value) {
    return toStatus(api_.add_field(exchange_, str(name), str(value)), "field");
  }
  Status write(std::string_view data) { return toStatus(api_.write(exchange_, data.data(), data.size()), "response"); }
  Status flush() { return toStatus(api_.flush(exchange_), "response"); }
  // False: the request's conditions do not hold and the answer is made: return. Hosts without it: they hold.
  Result<bool> holds(std::string_view etag, std::string_view lastModified = {}) {
    if (!PH_HAS(&api_, condition)) return true;
    int32_t out = 0;
    if (const ph_status s = api_.condition(exchange_, str(etag), str(lastModified), &out); s != PH_OK)
      return Error{static_cast<Kind>(s), "conditions"};
    return out != 0;
  }
  bool cancelled() const { return api_.cancelled(exchange_) != 0; }

  // The response goes on when the handler has returned. `ended` is called once, on a worker, maybe before this returns.
  Result<std::shared_ptr<Stream>> stream(Stream::Ended ended) { return begin(false, {}, {}, std::move(ended)); }
  // The same with a WebSocket; its messages come one at a time, on workers.
  Result<std::shared_ptr<Stream>> webSocket(Stream::Message message, Stream::Ended ended,
                                            std::string_view protocol = {}) {
    return begin(true, protocol, std::move(message), std::move(ended));
  }

  // A whole response.
  Status answer(int status, std::string_view type, std::string_view body) {
    if (auto s = setStatus(status); !s) return s;
    if (auto s = setField("content-type", type); !s) return s;
    return write(body);
  }

 private:
  Result<std::shared_ptr<Stream>> begin(bool webSocket, std::string_view protocol, Stream::Message message,
                                        Stream::Ended ended) {
    if (!PH_HAS(&api_, stream_release)) return Error{Kind::Unavailable, "this host has no streams"};
    auto listener = std::make_unique<Stream::Listener>(Stream::Listener{std::move(message), std::move(ended)});
    auto events = sized<ph_stream_events>();
    events.ctx = listener.get();
    events.message = [](void* ctx, int32_t binary, ph_str data) {
      auto* l = static_cast<Stream::Listener*>(ctx);
      guard(nullptr, "a stream's message", 0, [&] {
        if (l->message) l->message(binary != 0, view(data));
        return 0;
      });
    };
    events.ended = [](void* ctx) {
      const std::unique_ptr<Stream::Listener> l(static_cast<Stream::Listener*>(ctx));
      guard(nullptr, "a stream's end", 0, [&] {
        if (l->ended) l->ended();
        return 0;
      });
    };
    ph_stream* raw = nullptr;
    const ph_status s = webSocket ? api_.websocket_begin(exchange_, str(protocol), &events, &raw)
                                  : api_.stream_begin(exchange_, &events, &raw);
    if (s != PH_OK) return Error{static_cast<Kind>(s), "stream"};
    (void)listener.release();  // the host's now, until the end
    return std::shared_ptr<Stream>(new Stream(api_, raw));
  }

  const ph_http& api_;
  ph_exchange* exchange_;
  ph_http_request info_;
};

// A route offered to the host. Must live until the plugin is stopped, so keep it as a member of the plugin.
class Route {
 public:
  struct Shape {
    const char* path;
    uint32_t methods = PH_HTTP_GET;
    uint32_t flags = 0;  // PH_HTTP_PREFIX, PH_HTTP_QUICK
    int32_t audience = PH_HTTP_PUBLIC;
    uint64_t maxBody = 0;
    uint32_t deadlineMs = 0;
    std::string listener = {};
    std::string host = {};
  };
  using Function = std::function<Status(HttpCall&)>;

  Route(const Host& host, Shape shape, Function function)
      : host_(host), api_(host.get<ph_http>(PH_IF_HTTP)), shape_(std::move(shape)), function_(std::move(function)) {}
  Route(const Route&) = delete;
  Route& operator=(const Route&) = delete;

  // Call in Plugin::start.
  Status add() {
    if (!api_) return Error{Kind::Unavailable, "this host speaks no HTTP"};
    auto r = sized<ph_http_route>();
    r.methods = shape_.methods;
    r.audience = shape_.audience;
    r.flags = shape_.flags;
    r.max_body = shape_.maxBody;
    r.deadline_ms = shape_.deadlineMs;
    r.listener = str(shape_.listener);
    r.host = str(shape_.host);
    r.path = str(shape_.path);
    r.self = this;
    r.handle = [](void* self, ph_exchange* exchange) -> ph_status {
      auto* route = static_cast<Route*>(self);
      return guard(&route->host_, route->shape_.path, ph_status{PH_E_BUG}, [&] {
        HttpCall call(*route->api_, exchange);
        return fromStatus(route->function_(call));
      });
    };
    return toStatus(api_->route_add(host_.raw(), &r), std::string("the route ") + shape_.path + " is refused");
  }

 private:
  const Host& host_;
  const ph_http* api_;
  Shape shape_;
  Function function_;
};

}  // namespace ph
