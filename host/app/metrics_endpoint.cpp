#include "app/metrics_endpoint.hpp"

#include <chrono>
#include <thread>

#include "metrics/metrics.hpp"
#include "net/session.hpp"

namespace posthouse::app {
namespace {

constexpr uint32_t kMaxHead = 8 * 1024;
constexpr uint32_t kTimeMs = 10'000;
constexpr size_t kMaxConnections = 16;

std::string answer(std::string_view status, std::string_view extra, std::string_view body) {
  std::string out = "HTTP/1.1 ";
  out.append(status).append("\r\nConnection: close\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
  out.append(extra).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return out;
}

ph_next run(void* self, uint32_t why) {
  auto& c = *static_cast<ph_session*>(self)->session;
  if (why & (PH_WHY_TIMEOUT | PH_WHY_SHUTDOWN)) return PH_NEXT_CLOSE;
  if (why & PH_WHY_OPEN) c.sessionDeadline(kTimeMs);
  const size_t end = c.input().find("\r\n\r\n");
  if (end == std::string_view::npos) return PH_NEXT_READ;
  c.write(answerMetrics(c.input().substr(0, end)));
  return PH_NEXT_CLOSE;
}

ph_protocol protocol() {
  ph_protocol p{};
  p.size = sizeof p;
  p.max_input = kMaxHead;
  p.name = "metrics";
  p.open = [](void*, ph_session* session, const ph_session_info*) -> void* { return session; };
  p.run = run;
  p.close = [](void*) {};
  return p;
}

}  // namespace

std::string answerMetrics(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || first == 0) return answer("400 Bad Request", "", "");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return answer("505 HTTP Version Not Supported", "", "");
  if (target != "/metrics") return answer("404 Not Found", "", "");
  if (method != "GET") return answer("405 Method Not Allowed", "Allow: GET\r\n", "");
  return answer("200 OK", "", metrics::text());
}

ph::Status MetricsEndpoint::open(const std::string& text) {
  const auto address = net::Address::parse(text);
  if (!address) return ph::Error{ph::Kind::Invalid, "'metrics.address': '" + text + "' is not IP:PORT"};
  net::ListenerOptions options;
  options.name = "metrics";
  options.protocol = "metrics";
  options.maxConnections = kMaxConnections;
  auto socket = net::ListenSocket::bind(*address, std::chrono::milliseconds(500));
  if (!socket) return ph::Error{socket.error().kind, "metrics: " + socket.error().text};
  auto listener = net::Listener::open(engine_, certificates_, std::move(*socket), std::move(options), protocol());
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
