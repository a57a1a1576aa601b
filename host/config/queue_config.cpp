#include "config/queue_config.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "ph/address/domain.hpp"

namespace posthouse::config {
namespace {

struct Kind {
  const char* name;
  uint16_t port;
  const char* tls;
  bool needsHost;
};
constexpr std::array<Kind, 7> kKinds{{{"direct", 25, "opportunistic", false},
                                      {"smtp", 25, "required", true},
                                      {"submission", 587, "required", true},
                                      {"submissions", 465, "implicit", true},
                                      {"lmtp", 24, "none", true},
                                      {"socks", 25, "opportunistic", false},
                                      {"fail", 25, "none", false}}};
constexpr size_t kMaxText = 256;

bool isAddress(const std::string& text, int family) {
  unsigned char bytes[16];
  return ::inet_pton(family, text.c_str(), bytes) == 1;
}

class Reader {
 public:
  Reader(std::string folder, std::vector<std::string>* problems) : folder_(std::move(folder)), problems_(problems) {}

  TransportConfig transport(const Node& n) {
    TransportConfig t;
    t.at = n.at;
    t.kind = n.stringAt("kind");
    const auto& kind = *std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return t.kind == k.name; });
    t.carrier = n.stringAt("carrier", "smtp");
    t.host = n.stringAt("host");
    t.port = static_cast<uint16_t>(n.intAt("port"));
    t.tls = n.stringAt("tls");
    t.username = n.stringAt("username");
    t.mechanisms = n.listAt("mechanisms");
    t.ipv4 = n.boolAt("ipv4", true);
    t.ipv6 = n.boolAt("ipv6", true);
    t.code = static_cast<int>(n.intAt("code", 554));
    t.text = n.stringAt("text");
    t.sourceIpv4 = source(n, "source_ipv4", AF_INET);
    t.sourceIpv6 = source(n, "source_ipv6", AF_INET6);
    if (t.port == 0) t.port = kind.port;
    if (t.tls.empty()) t.tls = kind.tls;
    if (kind.needsHost && t.host.empty()) problem(n.at, "a transport of kind \"" + t.kind + "\" needs 'host'");
    if (!kind.needsHost && !t.host.empty()) problem(n.at, "a transport of kind \"" + t.kind + "\" has no 'host'");
    if (!t.ipv4 && !t.ipv6) problem(n.at, "'ipv4' and 'ipv6' can't both be off");
    if (const auto helo = n.stringAt("helo"); !helo.empty()) {
      const auto name = ph::address::normaliseDomain(helo);
      if (!name) problem(n.child("helo")->at, "'helo': " + name.error().text);
      t.helo = name.valueOr("");
    }
    login(n, &t);
    proxy(n, &t);
    const bool ascii = std::all_of(t.text.begin(), t.text.end(), [](unsigned char c) { return c >= ' ' && c < 0x7f; });
    if (!ascii || t.text.size() > kMaxText)
      problem(n.child("text")->at, "'text' must be one line of at most 256 ASCII characters");
    return t;
  }

  std::string source(const Node& n, const char* key, int family) {
    const auto text = n.stringAt(key);
    if (!text.empty() && !isAddress(text, family)) {
      problem(n.child(key)->at,
              "'" + std::string(key) + "': '" + text + "' is no IPv" + (family == AF_INET ? "4" : "6") + " address");
    }
    return text;
  }

  std::vector<std::string> domains(const Node& route, const char* key) {
    auto out = route.listAt(key);
    for (auto& text : out) {
      const std::string dot = text.starts_with('.') ? "." : "";
      const auto name = ph::address::normaliseDomain(text.substr(dot.size()));
      if (!name) problem(route.child(key)->at, "'" + std::string(key) + "': '" + text + "': " + name.error().text);
      text = dot + name.valueOr("");
    }
    return out;
  }

 private:
  void login(const Node& n, TransportConfig* t) {
    const auto file = n.stringAt("password_file");
    if (t->username.empty() != file.empty()) problem(n.at, "'username' and 'password_file' go together");
    if (file.empty()) return;
    namespace fs = std::filesystem;
    t->passwordFile = fs::path(file).is_absolute() ? file : (fs::path(folder_) / file).lexically_normal().string();
  }

  void proxy(const Node& n, TransportConfig* t) {
    const auto text = n.stringAt("proxy");
    if (text.empty()) {
      if (t->kind == "socks") problem(n.at, "a transport of kind \"socks\" needs 'proxy'");
      return;
    }
    const auto colon = text.rfind(':');
    std::string ip = text.substr(0, colon);
    if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
    const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), t->proxyPort);
    const bool number = parsed.ec == std::errc() && parsed.ptr == port.data() + port.size() && t->proxyPort != 0;
    if (!number || (!isAddress(ip, AF_INET) && !isAddress(ip, AF_INET6)))
      problem(n.child("proxy")->at, "'proxy': '" + text + "' is not IP:PORT");
    t->proxy = ip;
  }

  void problem(const Position& at, const std::string& text) { problems_->push_back(at.text() + ": " + text); }

  const std::string folder_;
  std::vector<std::string>* problems_;
};

}  // namespace

std::vector<RouteConfig> readRoutes(const Node& table, std::vector<std::string>* problems) {
  std::vector<RouteConfig> out;
  const Node* list = table.child("routes");
  if (!list) return out;
  Reader reader({}, problems);
  for (const auto& n : list->list) {
    out.push_back({reader.domains(n, "from"), reader.domains(n, "to"), static_cast<int>(n.intAt("minimum_attempts")),
                   n.stringAt("transport"), n.at});
  }
  return out;
}

QueueConfig readQueue(const Node& root, const std::string& folder, std::vector<std::string>* problems) {
  QueueConfig out;
  Reader reader(folder, problems);
  out.routes = readRoutes(root, problems);
  if (const Node* table = root.find("transports")) {
    for (const auto& [name, n] : table->table) out.transports.emplace(name, reader.transport(n));
  }
  if (const Node* q = root.find("queue")) {
    out.connections = q->intAt("max_connections", 100);
    out.connectionsPerDestination = q->intAt("connections_per_destination", 10);
    out.attempts = q->intAt("max_attempts", 8);
    out.directPort = static_cast<uint16_t>(q->intAt("direct_port", 25));
    out.sourceIpv4 = reader.source(*q, "source_ipv4", AF_INET);
    out.sourceIpv6 = reader.source(*q, "source_ipv6", AF_INET6);
  }
  out.errorLocalparts = root.boolAt("testing.queue_errors");
  int64_t ms = 0;
  parseDuration(root.stringAt("queue.keep_retired", "7d"), &ms);
  out.keepRetired = ms / 1000;
  return out;
}

void checkRoutes(const std::vector<RouteConfig>& routes, const QueueConfig& queue, std::vector<std::string>* problems) {
  for (const auto& r : routes) {
    if (!queue.transports.contains(r.transport))
      problems->push_back(r.at.text() + ": there is no transport '" + r.transport + "'");
  }
}

}  // namespace posthouse::config
