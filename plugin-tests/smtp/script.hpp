// Dialogues with the smtp plugin; testkit/dialogue.hpp has what all protocols share. Here also:
//
//   R: code      a reply of that code, or what is left of it, however many lines it has
//   STORED: account text    the oldest message stored and not yet named here; "STORED: none"
//   QUEUED: reverse-path recipient,... text    the same for the queue; "QUEUED: none"
//   TRACE: name value       a field added above the message named last; a final * as in S:
//   PARAMS: [smtputf8] [8bitmime] [binarymime] [requiretls] [tlsoptional] size=N hold=N [ret=full|hdrs] [envid=TEXT]
//   [by=SECONDS(N|R)[T]]
//           [priority=N]    of the message named last
//   SAYS: text           what the message named last has somewhere
//   WISHES: notify orcpt ...    of each recipient of the message named last; "-": not said
//   ASKED: name type, ...    what the resolver was asked since the last time; types as numbers; or "nothing"
//   SET: stage|rcpt|deliver key verdict, queue N, notransactions, fact, dns, refused, alias; see script.cpp
//
// Options: submission, lmtp, cid (the client's id is abc123), loopback (of the client), tarpit (slow_down is on),
// starttls, implicit, plaintext (logins allowed without TLS), whole (no octet-wise run).
#pragma once

#include <string>

#include "testkit/dialogue.hpp"

struct Mode {
  bool octets = false;  // one octet at a time
  bool slow = false;    // stages finish through a job
};

// Empty: as expected. Otherwise what went wrong, with the line.
std::string runCase(const ph::testkit::Case& c, Mode mode, const std::string& plugin);
