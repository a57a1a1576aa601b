// A whole SMTP session: whatever a client sends, and however it is cut, the dialogue is the same, every reply is well
// formed, the session neither hangs nor keeps a message or transaction, and nothing foreign is delivered.
// The first octet chooses the service (SMTP, submission, LMTP), TLS, and how stages behave; the rest is the client.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "testkit/fake_host.hpp"

namespace {

using ph::testkit::Client;
using ph::testkit::FakeHost;

void demand(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

struct Outcome {
  std::string output;
  size_t stored = 0;
  size_t queued = 0;
  bool open = false;
  bool operator==(const Outcome&) const = default;
};

FakeHost& host() {
  static FakeHost* h = [] {
    auto* made = new FakeHost;
    made->domains = {"ours.example"};
    made->accounts = {{"alice@ours.example", "alice"}, {"postmaster@mx.example", "alice"}};
    made->passwords = {{"alice", "secret"}};
    made->sizes["max_message_size"] = 65536;
    made->numbers["max_recipients"] = 3;
    made->switches["slow_down"] = false;  // time would depend on how the input is cut
    demand(made->start(PH_BINARY_DIR "/plugins/smtp.so"), "the plugin starts");
    return made;
  }();
  h->nowMs = 1'000'000;
  h->log.clear();
  h->pipeline.stored.clear();
  h->pipeline.stages.clear();
  h->queue.submitted.clear();
  return *h;
}

// Transaction ids differ from run to run.
std::string withoutIds(const std::string& in) {
  std::string out;
  for (size_t i = 0; i < in.size();) {
    if (in.compare(i, 3, "txn") == 0) {
      out += "txn";
      i += 3;
      while (i < in.size() && in[i] >= '0' && in[i] <= '9') ++i;
    } else {
      out += in[i++];
    }
  }
  return out;
}

void checkReplies(const std::string& output) {
  for (size_t at = 0; at < output.size();) {
    const size_t end = output.find("\r\n", at);
    demand(end != std::string::npos, "every reply line ends");
    const std::string_view line = std::string_view(output).substr(at, end - at);
    demand(line.size() >= 4 && line.size() <= 510, "reply line size");
    demand(line[0] >= '2' && line[0] <= '5' && (line[3] == ' ' || line[3] == '-'), "reply line form");
    demand(line.find_first_of("\r\n") == line.npos, "no line end inside a reply");
    at = end + 2;
  }
}

Outcome talk(uint8_t mode, std::string_view bytes, size_t step) {
  FakeHost& h = host();
  h.pipeline.slow = (mode & 8) != 0;
  Outcome o;
  {
    const int tls = (mode & 2) ? PH_TLS_IMPLICIT : (mode & 4) ? PH_TLS_STARTTLS : PH_TLS_NONE;
    Client c(h, (mode & 32) ? "lmtp" : (mode & 1) ? "submission" : "smtp", tls, (mode & 16) != 0);
    for (size_t i = 0; i < bytes.size() && c.open; i += step) {
      c.send(bytes.substr(i, step));
      if (c.wantsTls) c.handshake();
      while (c.open && c.sleeping()) c.advance(1000);  // the slowness for bad clients
    }
    if (c.open) c.finish();
    while (c.open && c.sleeping()) c.advance(1000);
    o.output = withoutIds(c.take());
    o.open = c.open;
  }
  o.stored = h.pipeline.stored.size();
  o.queued = h.queue.submitted.size();
  for (const auto& s : h.pipeline.stored) demand(s.account == "alice", "stored for a recipient of ours");
  for (const auto& m : h.queue.submitted) {
    const bool notification = m.reversePath.empty() && m.recipients.size() == 1 && !o.output.empty() && o.stored > 0;
    demand(!m.account.empty() || notification, "queued for a user who is logged in, or to tell a sender");
  }
  demand(h.messages == 0, "no message is left");
  demand(h.pipeline.live == 0, "no transaction is left");
  demand(h.jobs.empty(), "no job is left");
  demand(!o.open, "the session ends with the client");
  checkReplies(o.output);
  return o;
}

// Octets sent behind STARTTLS in one piece are an attack, in two pieces they are not: such inputs may differ.
bool mentionsStartTls(std::string_view bytes) {
  std::string upper(bytes);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return upper.find("STARTTLS") != upper.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = talk(data[0], bytes, bytes.size() + 1);
  for (const size_t step : {size_t{1}, size_t{7}}) {
    const Outcome cut = talk(data[0], bytes, step);
    if (!mentionsStartTls(bytes)) demand(whole == cut, "the same dialogue however it is cut");
  }
  return 0;
}
