// Dialogues with the imap plugin; testkit/dialogue.hpp has what all protocols share. Here also:
//
//   S: line      {n} literals are lines like others
//   2C: 2S:      the same for a second client, logged in and with INBOX selected
//   MAIL: mailbox text       delivers a message; escapes as in C|
//   SET: writefails N, forgotten, quota N, nested mailbox
//
// Options: starttls, implicit, plaintext (logins allowed without TLS), in (logged in), inbox (INBOX selected as well),
// three (three small messages are in INBOX), whole (no octet-wise run).
#pragma once

#include <string>

#include "testkit/dialogue.hpp"

// Empty: as expected. Otherwise what went wrong, with the line. octets: input one octet at a time.
std::string runCase(const ph::testkit::Case& c, bool octets, const std::string& plugin);
