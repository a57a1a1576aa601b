// Dialogues as text. A file holds cases; a case begins with "== name [option ...]".
//
//   C: line      the client sends it with CRLF; lines in a row are sent as one piece
//   C| text      sent as it is, with \r \n \t \\ \xHH; N*c in angle brackets repeats: <1000*x>
//   S: line      the server's next line; a final * stands for any rest; {n} literals are lines like others
//   S| text      these bytes come next, escapes as in C|
//   2C: 2S:      the same for a second client, logged in and with INBOX selected
//   X:           the server has closed
//   TLS:         the handshake that a STARTTLS reply announced
//   T: ms        time passes        DOWN: the server stops        EOF: the client sends no more
//   MAIL: mailbox text       delivers a message; escapes as in C|
//   SET: ...     changes the world, see script.cpp
//   LOG: text    some line of the log contains it;   NOLOG: text
//
// Options: starttls, implicit, plaintext (logins allowed without TLS), in (logged in), inbox (INBOX selected as well),
// three (three small messages are in INBOX), whole (no octet-wise run).
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

// Empty: as expected. Otherwise what went wrong, with the line. octets: input one octet at a time.
std::string runCase(const Case& c, bool octets, const std::string& plugin);
