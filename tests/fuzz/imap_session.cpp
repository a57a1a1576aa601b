// A whole IMAP session: whatever a client sends, and however it is cut, the dialogue is the same, every response is
// well formed, and the session neither hangs nor keeps a message, view, account or watch.
// The first octet chooses TLS and the state to begin in; the rest is the client.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "testkit/fake_host.hpp"

namespace {

using ph::testkit::Client;
using ph::testkit::FakeHost;

void demand(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

FakeHost& host() {
  static FakeHost* h = [] {
    auto* made = new FakeHost;
    made->accounts = {{"a", "a"}};
    made->passwords = {{"a", "p"}};
    made->sizes["append_limit"] = 4096;
    made->numbers["login_timeout"] = 60'000;
    demand(made->start(PH_BINARY_DIR "/plugins/imap.so"), "the plugin starts");
    return made;
  }();
  h->log.clear();
  h->store.add("a");
  h->store.deliver("a", "INBOX", "Subject: one\r\n\r\ntext\r\n");
  h->store.deliver("a", "INBOX",
                   "Subject: two\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n"
                   "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninside\r\n--b--\r\n");
  h->store.deliver("a", "INBOX", "");
  h->store.mailbox("a", "x/y");
  // What another shares: everything, and little.
  ph_account& other = h->store.add("b");
  h->store.deliver("b", "s", "Subject: three\r\n\r\ntext\r\n");
  h->store.deliver("b", "t/u", "Subject: four\r\n\r\ntext\r\n");
  other.acl[h->store.mailbox("b", "s").id] = {{"a", PH_RIGHT_ALL}};
  other.acl[h->store.mailbox("b", "t/u").id] = {{"anyone", PH_RIGHT_LOOKUP | PH_RIGHT_READ | PH_RIGHT_SEEN}};
  h->nowMs = 1'700'000'000'000;
  return *h;
}

// Lines end in CRLF, literals have their length, nothing is left over.
void checkResponses(const std::string& output) {
  bool inResponse = false;  // behind a literal
  for (size_t at = 0; at < output.size();) {
    const size_t end = output.find("\r\n", at);
    demand(end != std::string::npos, "every line ends");
    const std::string_view line = std::string_view(output).substr(at, end - at);
    demand(line.find_first_of(std::string_view("\0\n", 2)) == line.npos, "no bare LF or NUL in a line");
    at = end + 2;
    const bool untagged = std::exchange(inResponse, false) || line.compare(0, 2, "* ") == 0;
    if (line.empty() || line.back() != '}') continue;
    const size_t brace = line.rfind('{');
    if (brace == line.npos || brace + 2 > line.size()) continue;
    size_t length = 0;
    bool isNumber = line.size() - brace > 2;
    for (const char c : line.substr(brace + 1, line.size() - brace - 2)) {
      isNumber = isNumber && c >= '0' && c <= '9';
      length = length * 10 + static_cast<size_t>(c - '0');
    }
    // A text of ours may end in braces that the client sent; then this is no literal.
    if (isNumber && untagged && line.find(" BAD ") == line.npos) {
      demand(length <= output.size() - at, "a literal is complete");
      at += length;
      inResponse = true;
    }
  }
}

std::string talk(uint8_t mode, std::string_view bytes, size_t step) {
  FakeHost& h = host();
  std::string output;
  {
    Client c(h, "imap", (mode & 1) ? PH_TLS_STARTTLS : PH_TLS_NONE, true);
    if (mode & 2) c.send("l LOGIN a p\r\n");
    if (mode & 4) c.send("s SELECT INBOX\r\n");
    if (mode & 8) c.send("e ENABLE IMAP4rev2\r\n");
    if (mode & 16) c.send("q ENABLE QRESYNC\r\n");
    for (size_t i = 0; i < bytes.size() && c.open; i += step) {
      c.send(bytes.substr(i, step));
      if (c.wantsTls) c.handshake();
      while (c.deadlineAt && c.deadlineAt - h.nowMs < 50'000) c.advance(1000);  // a pause after a failed login
    }
    if (c.open) c.finish();
    output = c.take();
    demand(!c.open, "the session ends with the client");
  }
  demand(h.messages == 0, "no message is left");
  demand(h.store.views == 0 && h.store.opened == 0 && h.store.watches == 0, "no handle is left");
  demand(h.jobs.empty(), "no job is left");
  checkResponses(output);
  return output;
}

// Octets sent behind STARTTLS in one piece are an attack, in two pieces they are not. After failed logins time passes
// between the pieces. NOTIFY tells between commands what came meanwhile. Such inputs may differ.
bool dependsOnPieces(std::string_view bytes, const std::string& output) {
  std::string upper(bytes);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return upper.find("STARTTLS") != upper.npos || upper.find("NOTIFY") != upper.npos ||
         output.find("AUTHENTICATIONFAILED") != output.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = talk(data[0], bytes, bytes.size() + 1);
  for (const size_t step : {size_t{1}, size_t{7}}) {
    const std::string cut = talk(data[0], bytes, step);
    if (!dependsOnPieces(bytes, whole)) demand(whole == cut, "the same dialogue however it is cut");
  }
  return 0;
}
