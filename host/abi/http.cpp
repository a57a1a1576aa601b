#include "ph/draft/host/http.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "base/in_plugin.hpp"
#include "http/server.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

// The plugin's name for an exchange.
struct ph_exchange {
  posthouse::http::Exchange& exchange;
  posthouse::plugin::Instance& instance;
};
// ... and for a stream.
struct ph_stream {
  std::shared_ptr<posthouse::http::Stream> stream;
};

namespace posthouse::abi {
namespace {

using http::Exchange;

static_assert(http::kOptions == PH_HTTP_OPTIONS && http::kGet == PH_HTTP_GET && http::kDelete == PH_HTTP_DELETE);
static_assert(static_cast<int>(http::Audience::Admin) == PH_HTTP_ADMIN);

constexpr uint32_t kMethods =
    PH_HTTP_GET | PH_HTTP_POST | PH_HTTP_PUT | PH_HTTP_PATCH | PH_HTTP_DELETE | PH_HTTP_OPTIONS;

// A plugin's route: counted among the plugin's jobs while it runs, and judged with its hooks.
class PluginHandler : public http::Handler {
 public:
  PluginHandler(plugin::Instance& instance, const ph_http_route& route)
      : instance_(instance), self_(route.self), handle_(route.handle) {}

  bool begin() override { return instance_.admitsCall() && instance_.beginJob(); }
  void end() override { instance_.endJob(); }
  ph::Status handle(Exchange& exchange) override {
    const InPlugin inside(instance_.manifest().id.c_str());
    ph_exchange raw{exchange, instance_};
    return ph::toStatus(handle_(self_, &raw));
  }
  void late() override { instance_.callLate(); }
  void stuck() override { instance_.callStuck(); }
  void returned(bool wasStuck) override { instance_.callReturned(wasStuck); }

 private:
  plugin::Instance& instance_;
  void* const self_;
  ph_status (*const handle_)(void* self, ph_exchange* exchange);
};

ph_status routeAdd(const ph_host* host, const ph_http_route* route) {
  constexpr uint32_t kNeeded = offsetof(ph_http_route, handle) + sizeof(route->handle);
  if (!route || route->size < kNeeded || !route->handle || (route->methods & ~kMethods) != 0 ||
      route->audience < PH_HTTP_PUBLIC || route->audience > PH_HTTP_ADMIN ||
      (route->flags & ~(PH_HTTP_PREFIX | PH_HTTP_QUICK)) != 0)
    return PH_E_INVALID;
  auto* i = plugin::Instance::of(host);
  if (!i->core().http) return PH_E_UNAVAILABLE;
  if (!i->mayRegister()) return PH_E_DENIED;
  http::Route r;
  r.listener = ph::view(route->listener);
  r.host = ph::view(route->host);
  r.path = ph::view(route->path);
  r.prefix = (route->flags & PH_HTTP_PREFIX) != 0;
  r.quick = (route->flags & PH_HTTP_QUICK) != 0;
  r.methods = route->methods;
  r.audience = static_cast<http::Audience>(route->audience);
  if (route->deadline_ms) r.deadline = std::chrono::milliseconds(route->deadline_ms);
  if (route->max_body) r.maxBody = route->max_body;
  r.owner = i;
  r.plugin = i->manifest().id;
  r.handler = std::make_shared<PluginHandler>(*i, *route);
  const auto s = i->core().http->add(std::move(r));
  if (!s) i->log().error("route refused", {{"reason", s.error().text}});
  return ph::fromStatus(s);
}

void request(const ph_exchange* x, ph_http_request* out) {
  const http::Request& r = x->exchange.request();
  auto made = ph::sized<ph_http_request>();
  made.secure = r.secure ? 1 : 0;
  made.session_id = r.session;
  made.body_length = r.head.chunked ? -1 : static_cast<int64_t>(r.head.length);
  made.method = ph::str(r.head.method);
  made.host = ph::str(r.head.host.host);
  made.path = ph::str(r.head.target.path);
  made.query = ph::str(r.head.target.query);
  made.listener = ph::str(r.listener);
  made.remote_ip = ph::str(r.remoteIp);
  made.public_id = ph::str(r.publicId);
  if (r.visitor) {
    made.account = ph::str(r.visitor->account);
    made.csrf = ph::str(r.visitor->csrf);
    made.role = r.visitor->role;
  }
  give(made, out);
}

ph_status field(const ph_exchange* x, ph_str name, size_t index, ph_str* out) {
  const auto value = x->exchange.request().head.fields.get(ph::view(name), index);
  if (!value) return PH_E_NOT_FOUND;
  *out = ph::str(*value);
  return PH_OK;
}

ph_status read(ph_exchange* x, void* to, size_t size, size_t* outSize) {
  const auto n = x->exchange.read(static_cast<char*>(to), size);
  if (!n) return static_cast<ph_status>(n.error().kind);
  *outSize = *n;
  return PH_OK;
}

ph_status setStatus(ph_exchange* x, int32_t status) {
  return ph::fromStatus(x->exchange.setStatus(status));
}
ph_status setField(ph_exchange* x, ph_str name, ph_str value) {
  return ph::fromStatus(x->exchange.setField(ph::view(name), ph::view(value)));
}
ph_status addField(ph_exchange* x, ph_str name, ph_str value) {
  return ph::fromStatus(x->exchange.addField(ph::view(name), ph::view(value)));
}
ph_status write(ph_exchange* x, const void* data, size_t size) {
  return ph::fromStatus(x->exchange.write({static_cast<const char*>(data), size}));
}
ph_status flush(ph_exchange* x) {
  return ph::fromStatus(x->exchange.flush());
}
int32_t cancelled(const ph_exchange* x) {
  return x->exchange.cancelled() ? 1 : 0;
}

ph_status condition(ph_exchange* x, ph_str etag, ph_str lastModified, int32_t* holds) {
  const auto c = x->exchange.condition(ph::view(etag), ph::view(lastModified));
  if (!c) return static_cast<ph_status>(c.error().kind);
  *holds = *c ? 1 : 0;
  return PH_OK;
}

// The plugin outlives its streams: its stop waits until the end of each was told.
http::Stream::Events eventsOf(plugin::Instance& instance, const ph_stream_events* given) {
  const auto e = take(*given);
  http::Stream::Events out;
  if (e.message) {
    out.message = [&instance, e](bool binary, std::string_view data) {
      if (!instance.admitsCall()) return;
      const InPlugin inside(instance.manifest().id.c_str());
      e.message(e.ctx, binary ? 1 : 0, ph::str(data));
    };
  }
  if (e.ended) {
    out.ended = [&instance, e] {
      const InPlugin inside(instance.manifest().id.c_str());
      e.ended(e.ctx);
    };
  }
  return out;
}

ph_status begin(ph_exchange* x, bool webSocket, ph_str protocol, const ph_stream_events* events, ph_stream** out) {
  if (!events || !out || events->size < offsetof(ph_stream_events, ended)) return PH_E_INVALID;
  auto s = x->instance.core().http->stream(x->exchange, &x->instance, webSocket, ph::view(protocol),
                                           eventsOf(x->instance, events));
  if (!s) return static_cast<ph_status>(s.error().kind);
  *out = new ph_stream{std::move(*s)};
  return PH_OK;
}

ph_status streamBegin(ph_exchange* x, const ph_stream_events* events, ph_stream** out) {
  return begin(x, false, {}, events, out);
}
ph_status websocketBegin(ph_exchange* x, ph_str protocol, const ph_stream_events* events, ph_stream** out) {
  return begin(x, true, protocol, events, out);
}
ph_status streamSend(ph_stream* s, int32_t binary, ph_str data) {
  return ph::fromStatus(s->stream->send(ph::view(data), binary != 0));
}
void streamClose(ph_stream* s, uint16_t code) {
  s->stream->close(code);
}
void streamRelease(ph_stream* s) {
  delete s;
}

}  // namespace

const void* httpTable() {
  static const ph_http table = {sizeof(ph_http), 0,           routeAdd,       request,    field,       read,
                                setStatus,       setField,    addField,       write,      flush,       cancelled,
                                condition,       streamBegin, websocketBegin, streamSend, streamClose, streamRelease};
  return &table;
}

}  // namespace posthouse::abi
