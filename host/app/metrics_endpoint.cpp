#include "app/metrics_endpoint.hpp"

#include <chrono>
#include <thread>

#include "http/response_head.hpp"
#include "metrics/metrics.hpp"
#include "net/session.hpp"

namespace posthouse::app {
namespace {

constexpr uint32_t kTimeMs = 10'000;
constexpr uint32_t kMaxInput = 64 * 1024;
constexpr size_t kMaxConnections = 16;

ph_next run(void* self, uint32_t why) {
  auto& c = *static_cast<ph_session*>(self)->session;
  if (why & (PH_WHY_TIMEOUT | PH_WHY_SHUTDOWN)) return PH_NEXT_CLOSE;
  if (why & PH_WHY_OPEN) c.sessionDeadline(kTimeMs);
  const auto answer = answerMetrics(c.input());
  if (!answer) return PH_NEXT_READ;
  c.write(*answer);
  return PH_NEXT_CLOSE;
}

ph_protocol protocol() {
  ph_protocol p{};
  p.size = sizeof p;
  p.max_input = kMaxInput;
  static_assert(kMaxInput > http::kMaxHead);
  p.name = "metrics";
  p.open = [](void*, ph_session* session, const ph_session_info*) -> void* { return session; };
  p.run = run;
  p.close = [](void*) {};
  return p;
}

}  // namespace

std::optional<std::string> answerMetrics(std::string_view input) {
  http::RequestHead head;
  size_t scanned = 0;
  const auto parsed = http::parseHead(input, &scanned, &head);
  if (parsed.state == http::HeadResult::State::More) return std::nullopt;
  if (parsed.state == http::HeadResult::State::Refused)
    return http::errorResponse(parsed.status, parsed.why, nullptr, false);
  if (head.target.path != "/metrics") return http::errorResponse(404, {}, &head, false);
  if (head.method != "GET" && head.method != "HEAD") {
    http::Fields allow;
    allow.add("allow", "GET, HEAD");
    return http::errorResponse(405, {}, &head, false, allow);
  }
  http::Response response;
  response.fields.add("content-type", "text/plain; version=0.0.4; charset=utf-8");
  const std::string body = metrics::text();
  std::string out = http::responseHead(response, http::Framing::Length, body.size(), false, head.minor);
  if (head.method == "GET") out += body;
  return out;
}

ph::Status MetricsEndpoint::open(net::ListenSocket socket) {
  net::ListenerOptions options;
  options.name = "metrics";
  options.protocol = "metrics";
  options.maxConnections = kMaxConnections;
  auto listener = net::Listener::open(engine_, certificates_, std::move(socket), std::move(options), protocol());
  if (!listener) return listener.error();
  listener_ = std::move(*listener);
  return {};
}

MetricsEndpoint::~MetricsEndpoint() {
  if (!listener_) return;
  listener_->close();
  for (int i = 0; i < 1000 && listener_->connections() > 0; ++i) {
    listener_->tell(net::kWhyForce);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace posthouse::app
