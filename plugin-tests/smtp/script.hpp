// Dialogues as text. A file holds cases; a case begins with "== name [option ...]".
//
//   C: line      the client sends it with CRLF; lines in a row are sent as one piece
//   C| text      sent as it is, with \r \n \t \\ \xHH
//   S: line      the server's next line; a final * stands for any rest
//   R: code      a reply of that code, or what is left of it, however many lines it has
//   X:           the server has closed
//   TLS:         the handshake that a STARTTLS reply announced
//   T: ms        time passes        DOWN: the server stops        EOF: the client sends no more
//   SET: ...     changes the world, see script.cpp
//   STORED: account text    the oldest message stored and not yet named here; "STORED: none"
//   QUEUED: reverse-path recipient,... text    the same for the queue; "QUEUED: none"
//   TRACE: name value       a field added above the message named last; a final * as above
//   PARAMS: [smtputf8] [8bitmime] [binarymime] [requiretls] [tlsoptional] size=N hold=N    of the message named last
//   ASKED: name type, ...    what the resolver was asked since the last time; types as numbers; or "nothing"
//   LOG: text    some line of the log contains it;   NOLOG: text
//
// Options: submission, lmtp, cid (the client's id is abc123), loopback (of the client), tarpit (slow_down is on),
// starttls, implicit, plaintext (logins allowed without TLS), whole (no octet-wise run).
#pragma once

#include <string>
#include <vector>

struct Case {
  std::string name;
  std::string file;
  std::vector<std::string> options;
  std::vector<std::string> lines;

  bool has(const std::string& option) const;
};

std::vector<Case> readCases(const std::string& folder);

struct Mode {
  bool octets = false;  // one octet at a time
  bool slow = false;    // stages finish through a job
};

// Empty: as expected. Otherwise what went wrong, with the line.
std::string runCase(const Case& c, Mode mode, const std::string& plugin);
