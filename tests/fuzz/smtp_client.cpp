// The SMTP client against whatever a server may say: the attempt ends, once, with one result for each recipient at the
// most; nobody is delivered before the server has had the message; no octet of the server gets into a command.
// The first octet chooses route, TLS and login; the rest is what servers say, however it is cut.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "testkit/fake_host.hpp"

namespace {

using namespace ph::testkit;

void demand(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

FakeHost& host() {
  static FakeHost* h = [] {
    auto* made = new FakeHost;
    made->dns.offered = true;
    made->dns.entries[{"remote.example", PH_DNS_MX}] = {PH_DNS_FOUND,
                                                        {"10 mx1.remote.example", "20 mx2.remote.example"}};
    made->dns.entries[{"mx1.remote.example", PH_DNS_A}] = {PH_DNS_FOUND, {"192.0.2.10"}};
    made->dns.entries[{"mx2.remote.example", PH_DNS_A}] = {PH_DNS_FOUND, {"192.0.2.20"}};
    demand(made->start(PH_BINARY_DIR "/plugins/smtp.so"), "the plugin starts");
    return made;
  }();
  h->nowMs = 1'000'000;
  h->log.clear();
  return *h;
}

// What the client says: lines of commands, and the message between DATA and its dot.
void checkCommands(std::string_view said) {
  for (size_t at = 0; at < said.size();) {
    const size_t end = said.find("\r\n", at);
    demand(end != std::string_view::npos, "every line ends");
    const std::string_view line = said.substr(at, end - at);
    demand(line.size() <= 12288, "line size");
    demand(line.find_first_of("\r\n") == line.npos, "no bare line end");
    at = end + 2;
  }
}

void talk(uint8_t mode, std::string_view bytes, size_t step) {
  FakeHost& h = host();
  Destination to;
  to.route = (mode & 1) ? PH_ROUTE_HOST : PH_ROUTE_DIRECT;
  to.host = "192.0.2.30";
  to.lmtp = (mode & 1) && (mode & 2);
  to.tls = (mode & 4) ? PH_ROUTE_TLS_UNVERIFIED : PH_ROUTE_TLS_OPPORTUNISTIC;
  if (mode & 8) to.username = to.password = "tim";
  const bool handshakes = (mode & 16) != 0;
  Delivery first, second;
  first.recipients = {{"a@remote.example"}, {"b@remote.example"}, {"c@remote.example"}};
  first.ret = PH_RET_HDRS;
  first.envid = "id";
  second.recipients = {{"d@remote.example"}};
  second.flags = PH_MAIL_8BITMIME | ((mode & 32) ? PH_MAIL_BINARYMIME : 0);
  second.contents = ".\r\nx";
  ph_attempt& attempt = h.attempts.begin(h, "smtp", to, {first, second});
  h.runJobs();
  size_t at = 0, dots = 0;
  for (int tries = 0; !h.connections.waiting.empty(); ++tries) {
    demand(tries < 8, "no endless connecting");
    auto peer = std::move(h.connections.waiting.front());
    h.connections.waiting.pop_front();
    Client& c = peer->accept();
    std::string said;
    while (c.open && at < bytes.size()) {
      c.send(bytes.substr(at, step));
      at += step;
      if (c.wantsTls && handshakes) {
        said += c.take();
        c.handshake();
      } else if (c.wantsTls) {
        c.failHandshake("no");
      }
      while (c.open && c.sleeping()) c.advance(1000);
    }
    if (c.open) c.finish();
    demand(!c.open, "the dialogue ends with the server");
    said += c.take();
    if (!(mode & 32)) checkCommands(said);
    for (size_t i = said.find("\r\n.\r\n"); i != said.npos; i = said.find("\r\n.\r\n", i + 1)) ++dots;
    for (size_t i = said.find("BDAT"); i != said.npos; i = said.find("BDAT", i + 1)) ++dots;
    peer.reset();
    h.runJobs();
  }
  demand(attempt.ended, "the attempt ends");
  demand(h.violations.empty(), "the contract");
  demand(h.messages == 0, "no message is left");
  for (const auto& r : attempt.results) {
    if (r.outcome == PH_DELIVERED) demand(dots > 0 && r.code / 100 == 2, "delivered after the message only");
    if (r.flags & PH_ATTEMPT_BODY_SENT) demand(dots > 0 && r.outcome == PH_DELIVERY_TEMPORARY, "may have been taken");
    for (const char ch : r.text) demand((ch >= ' ' && ch <= '~') || ch == '\n', "clean texts");
    demand(r.enhanced.size() <= 9, "enhanced code");
  }
  h.attempts.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const size_t step : {bytes.size() + 1, size_t{1}, size_t{7}}) talk(data[0], bytes, step);
  return 0;
}
